import { builtInScopes, scopesOfPeopleAlone } from '../domain/built_in_scopes.ts';
import type { Configuration } from '../domain/configuration.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimits } from '../domain/policies.ts';

export interface ScopeQuestion {
  /** The scopes asked for, or the family's where none were named. */
  scopes: readonly string[];
  roles: readonly string[];
  /** When a second factor that counts was last proved; undefined: never. */
  mfaAt?: Instant | undefined;
}

export interface ScopeAnswer {
  granted: string[];
  /** Their role is gone. */
  withdrawn: string[];
  /** Their proof of MFA is missing or older than `mfa_max_age`. */
  stale: string[];
}

/** Sort scopes by what the account may have at `now`. A scope the configuration does not define has no conditions. */
export function evaluateScopes(
  configuration: Configuration,
  limits: EffectiveLimits,
  question: ScopeQuestion,
  now: Instant,
): ScopeAnswer {
  const answer: ScopeAnswer = { granted: [], withdrawn: [], stale: [] };
  for (const name of question.scopes) {
    if (!hasScopeRole(configuration, name, question.roles)) answer.withdrawn.push(name);
    else if (!isMfaFresh(configuration, limits, name, question.mfaAt, now)) answer.stale.push(name);
    else answer.granted.push(name);
  }
  return answer;
}

/** true when the scope asks for no role, or the account has one of those it asks for. */
export function hasScopeRole(configuration: Configuration, scope: string, roles: readonly string[]): boolean {
  const required = configuration.scopes.get(scope)?.roles;
  return !required || required.some((role) => roles.includes(role));
}

/** Scopes of the server itself are for people only where the configuration says of which role. */
export function isForPeople(configuration: Configuration, scope: string): boolean {
  return !builtInScopes.has(scope) || configuration.scopes.get(scope)?.roles !== undefined;
}

/** Scopes of a role or a step-up are for people: a client on its own never gets one. */
export function isForClients(configuration: Configuration, scope: string): boolean {
  if (scopesOfPeopleAlone.has(scope)) return false;
  const definition = configuration.scopes.get(scope);
  return definition?.roles === undefined && definition?.stepUp === undefined;
}

/** Whether somebody of these roles may have the scope. */
export function mayPersonHave(
  configuration: Configuration,
  scope: string,
  roles: readonly string[],
): boolean {
  return isForPeople(configuration, scope) && hasScopeRole(configuration, scope, roles);
}

/** The longest age in seconds of an MFA for this scope: the smallest of the scope's and the policies'; undefined: no step-up. */
export function scopeMfaMaxAge(
  configuration: Configuration,
  limits: EffectiveLimits,
  scope: string,
): number | undefined {
  const stepUp = configuration.scopes.get(scope)?.stepUp;
  if (!stepUp) return undefined;
  return Math.min(stepUp.mfaMaxAge ?? limits.mfa_max_age.value, limits.mfa_max_age.value);
}

function isMfaFresh(
  configuration: Configuration,
  limits: EffectiveLimits,
  scope: string,
  mfaAt: Instant | undefined,
  now: Instant,
): boolean {
  const maxAge = scopeMfaMaxAge(configuration, limits, scope);
  if (maxAge === undefined) return true;
  return mfaAt !== undefined && now < addSeconds(mfaAt, maxAge);
}
