import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimits } from '../domain/policies.ts';

/** When a second factor was last proved; undefined: never. */
export interface ProofMoments {
  /** Any factor. */
  mfaAt?: Instant | undefined;
  /** A phishing-resistant one, a passkey; such a proof is one of any factor, too. */
  phrAt?: Instant | undefined;
}

/** The last proof that counts under these limits: of any factor, or of a passkey alone where they ask for one. */
export function countedProof(limits: EffectiveLimits, { mfaAt, phrAt }: ProofMoments): Instant | undefined {
  return limits.mfa_phishing_resistant.value ? phrAt : mfaAt;
}
