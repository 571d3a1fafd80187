import type { EntryContext } from './section.ts';

/** The environment variable that `key` of an entry names; a fault where it is not set. Its value is never repeated. */
export function readNamedSecret(
  { env, fault }: EntryContext,
  key: string,
  variable: string | undefined,
  check: (secret: string) => string | undefined,
): string | undefined {
  if (variable === undefined) return undefined;
  const secret = env[variable];
  const wrong = secret ? check(secret) : 'is not set';
  if (wrong) fault([key], `the environment variable ${variable} ${wrong}`);
  return secret;
}
