import type { Configuration } from '../domain/configuration.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { countedProof } from './counted_proof.ts';
import { hasScopeRole, scopeMfaMaxAge } from './evaluate_scopes.ts';

export interface StepUpQuestion {
  /** The scopes that the request asks for. */
  scopes: readonly string[];
  roles: readonly string[];
  /** The session's last full sign-in, and its last proof of MFA. */
  signedInAt: Instant;
  mfaAt?: Instant | undefined;
  /** Its last phishing-resistant one. */
  phrAt?: Instant | undefined;
  /** The request wants an `acr` that only MFA reaches. */
  asksForMfa: boolean;
  /** It wants one that only a passkey reaches; then `asksForMfa` is true as well. */
  asksForPhr?: boolean | undefined;
  /** The session's own `acr` is one of MFA. */
  hasMfaAcr: boolean;
  /** `max_age` of the request, in seconds. */
  maxAge?: number | undefined;
}

/** Why a second factor must be proved now. */
export type StepUpReason = 'policy' | 'scope' | 'acr';

/**
 * Decide whether the user must prove a second factor before the request goes on: the policy always
 * wants one and neither this sign-in nor the last `mfa_max_age` has one; a scope wants a fresh one; or
 * the request itself asks. Where the policy wants it phishing-resistant, only a passkey's proof counts. A proof is too old at `mfa_max_age` exactly.
 */
export function evaluateStepUp(
  configuration: Configuration,
  limits: EffectiveLimits,
  question: StepUpQuestion,
  now: Instant,
): StepUpReason | undefined {
  const { signedInAt } = question;
  const proofAt = countedProof(limits, question);
  const isFresh = (at: Instant | undefined, maxAge: number) =>
    at !== undefined && now < addSeconds(at, maxAge);
  const isOfThisSignIn = proofAt !== undefined && proofAt >= signedInAt;
  if (limits.mfa.value === 'always' && !isOfThisSignIn && !isFresh(proofAt, limits.mfa_max_age.value))
    return 'policy';
  const oldest = Math.min(question.maxAge ?? Infinity, limits.mfa_max_age.value);
  const askedAt = question.asksForPhr ? question.phrAt : proofAt;
  if (question.asksForMfa && !(question.hasMfaAcr && isFresh(askedAt, oldest))) return 'acr';
  const stale = question.scopes.some((scope) => {
    const maxAge = scopeMfaMaxAge(configuration, limits, scope);
    return (
      maxAge !== undefined && hasScopeRole(configuration, scope, question.roles) && !isFresh(proofAt, maxAge)
    );
  });
  return stale ? 'scope' : undefined;
}
