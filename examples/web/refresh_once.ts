import { ResponseBodyError } from 'openid-client';
import { describeOutage, isOutage } from './outage.ts';
import { readRefusal } from './refusal.ts';
import type { RelyingParty } from './relying_party.ts';
import type { RefreshOutcome, Session, SignedIn } from './sessions.ts';

/**
 * Refresh, unless that is under way already: then wait for its outcome. A refresh token serves once;
 * two requests with the same one would look like theft. A lasting refusal signs the person out here.
 * `inactiveFor`: the seconds that the person has been away; undefined: is here.
 */
export function refreshOnce(
  party: RelyingParty,
  session: Session,
  signedIn: SignedIn,
  inactiveFor?: string,
): Promise<RefreshOutcome> {
  signedIn.refreshing ??= refresh(party, session, signedIn, inactiveFor).finally(() => {
    signedIn.refreshing = undefined;
  });
  return signedIn.refreshing;
}

async function refresh(
  party: RelyingParty,
  session: Session,
  signedIn: SignedIn,
  inactiveFor: string | undefined,
): Promise<RefreshOutcome> {
  const { person, tokens } = signedIn;
  if (!tokens.refreshToken) {
    signedIn.note = 'The server gave no refresh token, so there is nothing to refresh with.';
    return 'unavailable';
  }
  try {
    signedIn.tokens = await party.refresh(person, tokens, tokens.refreshToken, inactiveFor);
  } catch (fault) {
    if (!isOutage(fault)) throw fault;
    const refusal = readRefusal(fault, tokens, Date.now());
    if (!refusal) return noteOutage(signedIn, fault);
    if (session.signedIn === signedIn) {
      session.signedIn = undefined;
      session.ended = refusal;
    }
    return 'refused';
  }
  signedIn.refreshCount += 1;
  signedIn.note = describeRefresh(signedIn, signedIn.tokens.refreshToken !== tokens.refreshToken);
  return 'granted';
}

function describeRefresh({ refreshCount }: SignedIn, rotated: boolean): string {
  const times = refreshCount === 1 ? 'once' : `${refreshCount} times`;
  const what = rotated
    ? 'The refresh token was rotated: the old one is spent, a new one took its place.'
    : 'The server kept the refresh token as it is.';
  return `Refreshed ${times}. ${what}`;
}

function noteOutage(signedIn: SignedIn, fault: Error): RefreshOutcome {
  console.error(`demo app: not refreshed: ${describeOutage(fault)}`);
  signedIn.note =
    fault instanceof ResponseBodyError
      ? `Not refreshed: the server answered ${describeOutage(fault)}. The refresh token is kept.`
      : 'Not refreshed: the server gave no usable answer. The refresh token is kept; try again.';
  return 'unavailable';
}
