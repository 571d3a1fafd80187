import { InvalidArgumentError } from 'commander';

/** An issuer, without the slash at its end; anything else is wrong usage. */
export function readUrl(text: string): string {
  const isIssuer = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isIssuer)
    throw new InvalidArgumentError('It must be the issuer of a server, such as https://id.example.com.');
  return text.replace(/\/+$/, '');
}
