import type { Configuration } from '../domain/configuration.ts';
import type { EffectiveLimits, LimitField, Limits, Policy } from '../domain/policies.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import { listPolicySources } from './list_policy_sources.ts';
import type { LimitSubject } from './list_policy_sources.ts';

const mfaStrictness = ['none', 'step_up', 'always'];
const activityStrictness = ['any_refresh', 'reported'];

/** true when `a` is a stricter value of `field` than `b`; equal values are not stricter. */
export function isStricter<Field extends LimitField>(
  field: Field,
  a: Limits[Field],
  b: Limits[Field],
): boolean {
  if (field === 'mfa') return mfaStrictness.indexOf(a as string) > mfaStrictness.indexOf(b as string);
  if (field === 'mfa_phishing_resistant') return a === true && b === false;
  if (field === 'enrolment') return a === 'invited' && b === 'open';
  if (field === 'activity')
    return activityStrictness.indexOf(a as string) > activityStrictness.indexOf(b as string);
  return a < b;
}

/**
 * The limits in force where `policies` apply: per field the strictest value among those that set it,
 * and the first policy that set it so; a field none of them sets takes that of `fallback`.
 */
export function effectiveLimits(policies: readonly Policy[], fallback: Policy): EffectiveLimits {
  const complete: Policy & { limits: Limits } = {
    ...fallback,
    limits: { ...builtInDefaultPolicy.limits, ...fallback.limits },
  };
  const fields = Object.keys(complete.limits) as LimitField[];
  return Object.fromEntries(
    fields.map((field) => [field, strictest(field, policies, complete)]),
  ) as EffectiveLimits;
}

function strictest(field: LimitField, policies: readonly Policy[], fallback: Policy & { limits: Limits }) {
  let winner: { value: Limits[LimitField]; policy: string; version: number } | undefined;
  for (const policy of policies) {
    const value = policy.limits[field];
    if (value === undefined) continue;
    if (!winner || isStricter(field, value, winner.value)) {
      winner = { value, policy: policy.name, version: policy.version };
    }
  }
  return winner ?? { value: fallback.limits[field], policy: fallback.name, version: fallback.version };
}

/** The limits in force for a subject: its roles, then clients, resources and scopes. */
export function limitsFor(configuration: Configuration, subject: LimitSubject): EffectiveLimits {
  const policies = applicablePolicies(configuration, subject);
  const name = policies.map((policy) => policy.name).join('\n');
  const known = knownLimits.get(configuration) ?? new Map<string, EffectiveLimits>();
  knownLimits.set(configuration, known);
  if (known.size > mostKnown) known.clear();
  const limits = known.get(name) ?? effectiveLimits(policies, defaultPolicy(configuration));
  known.set(name, limits);
  return limits;
}

/** A configuration never changes, and few combinations of its policies occur: each is worked out once. */
const mostKnown = 1000;
const knownLimits = new WeakMap<Configuration, Map<string, EffectiveLimits>>();

/** Each policy once, in the order in which it first applies. */
export function applicablePolicies(configuration: Configuration, subject: LimitSubject): Policy[] {
  const names = new Set(listPolicySources(configuration, subject).map(({ policy }) => policy));
  return [...names].flatMap((name) => configuration.policies.get(name) ?? []);
}

/** What rules where no other policy does. */
export function defaultPolicy(configuration: Configuration): Policy {
  return configuration.policies.get('default') ?? builtInDefaultPolicy;
}
