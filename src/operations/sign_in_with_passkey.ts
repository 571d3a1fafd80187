import type { PasskeyRequest } from '../credentials/passkey_request.ts';
import { assertionRequest } from '../credentials/passkey_request.ts';
import type { RelyingParty } from '../credentials/relying_party.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccessVersion, findAccountById } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { issueChallenge } from './passkey_challenges.ts';
import { amrOfPasskey, checkPasskey, keepSignature } from './verify_passkey.ts';
import type { CheckedPasskey } from './verify_passkey.ts';

/** Both factors are of one moment: the passkey that its user had, and the verification of that user. */
export type PasskeySignInVerdict =
  | { accepted: true; accountId: string; signedInAt: Instant; accessVersion: number; amr: string[] }
  | { accepted: false; reason: 'expired' | 'refused' };

const placeOf = (interactionId: string) => ({ purpose: 'sign_in', boundTo: interactionId }) as const;

/** Ask for whichever passkey its user picks: nobody is named, and the request is the same for all. */
export async function askWhoSignsIn(
  database: Database,
  party: RelyingParty,
  interactionId: string,
): Promise<PasskeyRequest> {
  return await assertionRequest(party, { challenge: await issueChallenge(database, placeOf(interactionId)) });
}

/**
 * Sign in by a passkey alone; its authenticator must have verified its user. An unknown or removed passkey,
 * a wrong signature and a disabled account get the same answer; only the trail knows which it was.
 */
export async function signInWithPasskey(
  database: Database,
  party: RelyingParty,
  { interactionId, answer }: { interactionId: string; answer: string },
  origin: Origin & { clientId?: string },
): Promise<PasskeySignInVerdict> {
  const { clientId } = origin;
  const checked = await checkPasskey(database, party, { place: placeOf(interactionId), answer });
  const accountId = 'refused' in checked ? checked.accountId : checked.passkey.accountId;
  const fault = 'refused' in checked ? `passkey_${checked.refused}` : await findFault(database, checked);
  return await database.transaction(async (tx) => {
    // Read before the passkey is: what ends all access meanwhile ends this sign-in, too.
    const accessVersion = accountId === undefined ? undefined : await findAccessVersion(tx, accountId);
    const signedInAt = 'refused' in checked || fault ? undefined : await keepSignature(tx, checked);
    if ('refused' in checked || signedInAt === undefined || accessVersion === undefined) {
      const reason = fault ?? 'passkey_counter';
      await recordEvent(tx, 'sign_in.failed', { accountId, clientId }, origin, { reason });
      return { accepted: false, reason: fault === 'passkey_expired' ? 'expired' : 'refused' };
    }
    const { passkey, proof } = checked;
    const amr = [...amrOfPasskey({ ...passkey, ...proof }), 'mfa'];
    const detail = { amr, factor_id: passkey.passkeyId };
    await recordEvent(tx, 'sign_in.succeeded', { accountId, clientId }, origin, detail);
    return { accepted: true, accountId: passkey.accountId, signedInAt, accessVersion, amr };
  });
}

async function findFault(
  database: Database,
  { passkey, proof }: CheckedPasskey,
): Promise<string | undefined> {
  if (!proof.userVerified) return 'passkey_not_verified';
  const account = await findAccountById(database, passkey.accountId);
  if (!account) return 'account_unknown';
  return account.disabled ? 'account_disabled' : undefined;
}
