import { ResponseBodyError } from 'openid-client';
import { readRefusal } from './refusal.ts';
import type { RelyingParty } from './relying_party.ts';
import type { RefreshOutcome, Session, SignedIn } from './sessions.ts';

/**
 * Refresh, unless that is under way already: then wait for its outcome. A refresh token serves once;
 * two requests with the same one would look like theft. A lasting refusal signs the person out here.
 */
export function refreshOnce(
  party: RelyingParty,
  session: Session,
  signedIn: SignedIn,
): Promise<RefreshOutcome> {
  signedIn.refreshing ??= refresh(party, session, signedIn).finally(() => {
    signedIn.refreshing = undefined;
  });
  return signedIn.refreshing;
}

async function refresh(party: RelyingParty, session: Session, signedIn: SignedIn): Promise<RefreshOutcome> {
  const { person, tokens } = signedIn;
  if (!tokens.refreshToken) {
    signedIn.note = 'The server gave no refresh token, so there is nothing to refresh with.';
    return 'unavailable';
  }
  try {
    signedIn.tokens = await party.refresh(person, tokens, tokens.refreshToken);
  } catch (fault) {
    const refusal = readRefusal(fault, tokens, Date.now());
    if (!refusal) {
      console.error(fault);
      signedIn.note = describeOutage(fault);
      return 'unavailable';
    }
    if (session.signedIn === signedIn) Object.assign(session, { signedIn: undefined, ended: refusal });
    return 'refused';
  }
  signedIn.refreshCount += 1;
  signedIn.note =
    signedIn.tokens.refreshToken === tokens.refreshToken
      ? 'Refreshed. The server kept the refresh token as it is.'
      : 'Refreshed. The refresh token was rotated: the old one is spent, a new one took its place.';
  return 'granted';
}

function describeOutage(fault: unknown): string {
  if (fault instanceof ResponseBodyError) {
    const description = fault.error_description ? ` (${fault.error_description})` : '';
    return `Not refreshed: the server answered ${fault.error}${description}. The refresh token is kept.`;
  }
  return 'Not refreshed: the server gave no usable answer. The refresh token is kept; try again.';
}
