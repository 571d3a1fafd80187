import type { Configuration } from '../domain/configuration.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { hasScopeRole, scopeMfaMaxAge } from './evaluate_scopes.ts';

export interface StepUpQuestion {
  /** The scopes that the request asks for. */
  scopes: readonly string[];
  roles: readonly string[];
  /** The session's last full sign-in, and its last proof of MFA. */
  signedInAt: Instant;
  mfaAt?: Instant | undefined;
  /** The request wants an `acr` that only MFA reaches. */
  asksForMfa: boolean;
  /** The session's own `acr` is that one. */
  hasMfaAcr: boolean;
  /** `max_age` of the request, in seconds. */
  maxAge?: number | undefined;
}

/** Why a second factor must be proved now. */
export type StepUpReason = 'policy' | 'scope' | 'acr';

/**
 * Decide whether the user must prove a second factor before the request goes on: the policy always
 * wants one and neither this sign-in nor the last `mfa_max_age` has one; a scope wants a fresh one; or
 * the request itself asks. A proof is too old at `mfa_max_age` exactly.
 */
export function evaluateStepUp(
  configuration: Configuration,
  limits: EffectiveLimits,
  question: StepUpQuestion,
  now: Instant,
): StepUpReason | undefined {
  const { mfaAt, signedInAt } = question;
  const isFresh = (maxAge: number) => mfaAt !== undefined && now < addSeconds(mfaAt, maxAge);
  const isOfThisSignIn = mfaAt !== undefined && mfaAt >= signedInAt;
  if (limits.mfa.value === 'always' && !isOfThisSignIn && !isFresh(limits.mfa_max_age.value)) return 'policy';
  const oldest = Math.min(question.maxAge ?? Infinity, limits.mfa_max_age.value);
  if (question.asksForMfa && !(question.hasMfaAcr && isFresh(oldest))) return 'acr';
  const stale = question.scopes.some((scope) => {
    const maxAge = scopeMfaMaxAge(configuration, limits, scope);
    return maxAge !== undefined && hasScopeRole(configuration, scope, question.roles) && !isFresh(maxAge);
  });
  return stale ? 'scope' : undefined;
}
