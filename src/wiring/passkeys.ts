import type { Passkeys } from '../account/dependencies.ts';
import type { InteractionPasskeys } from '../interactions/dependencies.ts';
import type { RelyingParty } from '../credentials/relying_party.ts';
import { findMissingProofs } from '../operations/recent_proof.ts';
import { beginPasskeyRegistration, registerPasskey } from '../operations/register_passkey.ts';
import { askWhoSignsIn, signInWithPasskey } from '../operations/sign_in_with_passkey.ts';
import { askForPasskey, verifyPasskey } from '../operations/verify_passkey.ts';
import type { Database } from '../store/database.ts';
import { countFactors } from '../store/second_factors.ts';

/** Passkeys on the account pages. */
export function buildPasskeys(database: Database, relyingParty: RelyingParty): Passkeys {
  const proofIn = (sessionId: string) => ({ purpose: 'proof', boundTo: sessionId }) as const;
  return {
    beginRegistration: (owner, serviceName) =>
      beginPasskeyRegistration(database, relyingParty, owner, serviceName),
    register: (attempt, origin) => registerPasskey(database, relyingParty, attempt, origin),
    ask: ({ accountId, sessionId }) =>
      askForPasskey(database, relyingParty, { accountId, place: proofIn(sessionId) }),
    verify: ({ accountId, sessionId, answer }, origin) =>
      verifyPasskey(database, relyingParty, { accountId, place: proofIn(sessionId), answer }, origin),
  };
}

/** Passkeys on the way to an app: as a second factor, and alone. */
export function buildInteractionPasskeys(
  database: Database,
  relyingParty: RelyingParty,
): InteractionPasskeys {
  const factorIn = (interactionId: string) => ({ purpose: 'second_factor', boundTo: interactionId }) as const;
  const { beginRegistration, register } = buildPasskeys(database, relyingParty);
  return {
    has: async (accountId) => (await countFactors(database, accountId)).passkeys > 0,
    findMissingProofs: (owner) => findMissingProofs(database, owner),
    beginRegistration,
    register,
    ask: ({ accountId, interactionId }) =>
      askForPasskey(database, relyingParty, { accountId, place: factorIn(interactionId) }),
    verify: ({ accountId, interactionId, answer }, origin) =>
      verifyPasskey(database, relyingParty, { accountId, place: factorIn(interactionId), answer }, origin),
    askWho: (interactionId) => askWhoSignsIn(database, relyingParty, interactionId),
    signIn: (attempt, origin) => signInWithPasskey(database, relyingParty, attempt, origin),
  };
}
