import { readPasskeyAnswer, readProvedPasskey } from '../credentials/passkey_answer.ts';
import type { ProvedPasskey } from '../credentials/passkey_answer.ts';
import { assertionRequest } from '../credentials/passkey_request.ts';
import type { PasskeyRequest } from '../credentials/passkey_request.ts';
import type { RelyingParty } from '../credentials/relying_party.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Database, Queryable } from '../store/database.ts';
import { findPasskey, listPasskeys, takeSignature } from '../store/passkeys.ts';
import type { Passkey } from '../store/passkeys.ts';
import { issueChallenge, takeChallenge } from './passkey_challenges.ts';
import type { ChallengePlace } from './passkey_challenges.ts';

/**
 * How the passkey was proved, by RFC 8176: a key that may be copied to other devices is called a software
 * key, one that never leaves its authenticator a hardware key; `user` where the user was verified.
 */
export function amrOfPasskey({
  backupEligible,
  userVerified,
}: {
  backupEligible: boolean;
  userVerified: boolean;
}): string[] {
  return [backupEligible ? 'swk' : 'hwk', ...(userVerified ? ['user'] : [])];
}

/** `expired`: of a page that was open too long, used already, or of another session. */
export type PasskeyRefusal =
  | 'malformed'
  | 'expired'
  | 'unknown'
  | 'foreign'
  | 'invalid'
  | 'not_verified'
  | 'counter';

export type PasskeyVerdict =
  | { accepted: true; mfaAt: Instant; amr: string[]; userVerified: boolean }
  | { accepted: false; reason: PasskeyRefusal };

/** Ask for a proof by one of the account's passkeys; undefined where it has none. */
export async function askForPasskey(
  database: Database,
  party: RelyingParty,
  { accountId, place }: { accountId: string; place: ChallengePlace },
): Promise<PasskeyRequest | undefined> {
  const known = await listPasskeys(database, accountId);
  if (known.length === 0) return undefined;
  return await assertionRequest(party, { challenge: await issueChallenge(database, place), known });
}

/**
 * Check a proof by one of the account's passkeys. Nobody guesses a signature: unlike a wrong code, a wrong
 * one makes nobody wait, and a right one forgives no wrong codes.
 */
export async function verifyPasskey(
  database: Database,
  party: RelyingParty,
  { accountId, place, answer }: { accountId: string; place: ChallengePlace; answer: string },
  origin: Origin,
): Promise<PasskeyVerdict> {
  const checked = await checkPasskey(database, party, { place, answer });
  const reason = 'refused' in checked ? checked.refused : findFault(checked);
  return await database.transaction(async (tx) => {
    const mfaAt = 'refused' in checked || reason ? undefined : await keepSignature(tx, checked);
    if ('refused' in checked || mfaAt === undefined) {
      const why = reason ?? 'counter';
      await recordEvent(tx, 'mfa.failed', { accountId }, origin, { method: 'passkey', reason: why });
      return { accepted: false, reason: why };
    }
    const { passkey, proof } = checked;
    const { userVerified } = proof;
    const detail = { method: 'passkey', factor_id: passkey.passkeyId, user_verified: userVerified };
    await recordEvent(tx, 'mfa.passed', { accountId }, origin, detail);
    return { accepted: true, mfaAt, amr: amrOfPasskey({ ...passkey, userVerified }), userVerified };
  });

  function findFault({ passkey }: CheckedPasskey): PasskeyRefusal | undefined {
    return passkey.accountId === accountId ? undefined : 'foreign';
  }
}

/** A passkey whose signature is right, its count not yet taken. */
export interface CheckedPasskey {
  passkey: Passkey;
  proof: ProvedPasskey;
}

/** Whose passkey signed the challenge of this place, if any did. The challenge is taken in any case. */
export async function checkPasskey(
  database: Database,
  party: RelyingParty,
  { place, answer: text }: { place: ChallengePlace; answer: string },
): Promise<CheckedPasskey | { refused: PasskeyRefusal; accountId?: string }> {
  const answer = readPasskeyAnswer(text);
  if (!answer) return { refused: 'malformed' };
  if (!(await takeChallenge(database, place, answer.challenge))) return { refused: 'expired' };
  const passkey = await findPasskey(database, answer.credentialId);
  if (!passkey) return { refused: 'unknown' };
  const proof = await readProvedPasskey(party, answer, passkey);
  return proof ? { passkey, proof } : { refused: 'invalid', accountId: passkey.accountId };
}

/** Take the signature's count, once; undefined: it did not rise, or the passkey is gone by now. */
export async function keepSignature(
  tx: Queryable,
  { passkey: { passkeyId }, proof: { counter, backedUp } }: CheckedPasskey,
): Promise<Instant | undefined> {
  return await takeSignature(tx, { passkeyId, counter, backedUp });
}
