import type { Configuration } from '../domain/configuration.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { LimitField, Limits } from '../domain/policies.ts';
import { defaultPolicy, isStricter, limitsFor } from './effective_limits.ts';
import { scopeMfaMaxAge } from './evaluate_scopes.ts';
import { listPolicySources } from './list_policy_sources.ts';
import type { LimitSubject, PolicySource } from './list_policy_sources.ts';

export type LimitValue = Limits[LimitField];

/**
 * Why a candidate holds, or does not: another one is stricter, or as strict and named first, or it does not
 * set the limit, or it is `default`, which counts only where no other policy sets it.
 */
export type CandidateOutcome = 'won' | 'less_strict' | 'as_strict' | 'not_set' | 'fallback';

/** A policy that applies, or what a scope says itself: then it has no policy. */
export interface LimitCandidate {
  /** Absent: it does not set the limit. */
  value?: LimitValue;
  policy?: string;
  version?: number;
  /** What brings it; none for `default` where nothing names that. */
  sources: Pick<PolicySource, 'kind' | 'name'>[];
  outcome: CandidateOutcome;
}

/** A limit, and how it came about. */
export interface LimitExplanation {
  field: LimitField;
  value: LimitValue;
  /** The policy that won; absent: a scope itself did. */
  policy?: string;
  version?: number;
  /** The winner among them, in the order in which they count. */
  candidates: LimitCandidate[];
}

/** How the limits of a subject come about: the values are those of `limitsFor`, which the gate asks. */
export function explainLimits<Field extends LimitField>(
  configuration: Configuration,
  subject: LimitSubject,
  fields: readonly Field[],
): (LimitExplanation & { field: Field })[] {
  const limits = limitsFor(configuration, subject);
  const candidates = listCandidates(configuration, subject);
  return fields.map((field) => ({
    field,
    ...limits[field],
    candidates: candidates.map(({ name, version, limits: own, sources, isFallback }) => {
      const value = own[field];
      const named = { policy: name, version, sources };
      if (name === limits[field].policy) return { ...named, value: limits[field].value, outcome: 'won' };
      if (value === undefined) return { ...named, outcome: 'not_set' };
      if (isFallback) return { ...named, value, outcome: 'fallback' };
      return { ...named, value, outcome: lose(field, limits[field].value, value) };
    }),
  }));
}

/** How long a proof of a second factor serves a scope; undefined: it asks for none. */
export function explainStepUp(
  configuration: Configuration,
  subject: LimitSubject,
  scope: string,
): LimitExplanation | undefined {
  const limits = limitsFor(configuration, subject);
  const maxAge = scopeMfaMaxAge(configuration, limits, scope);
  if (maxAge === undefined) return undefined;
  const own = configuration.scopes.get(scope)?.stepUp?.mfaMaxAge;
  const [{ candidates, ...limit }] = explainLimits(configuration, subject, ['mfa_max_age'] as const) as [
    LimitExplanation,
  ];
  if (own === undefined) return { ...limit, candidates };
  const itself: Omit<LimitCandidate, 'outcome'> = { value: own, sources: [{ kind: 'scope', name: scope }] };
  if (own > maxAge) {
    const lost: LimitCandidate = { ...itself, outcome: 'less_strict' };
    return { ...limit, candidates: [lost, ...candidates] };
  }
  const losers = candidates.map((candidate) =>
    candidate.outcome === 'won'
      ? { ...candidate, outcome: lose('mfa_max_age', own, limits.mfa_max_age.value) }
      : candidate,
  );
  return { field: 'mfa_max_age', value: own, candidates: [{ ...itself, outcome: 'won' }, ...losers] };
}

function lose(field: LimitField, winner: LimitValue, value: LimitValue): CandidateOutcome {
  return isStricter(field, winner, value) ? 'less_strict' : 'as_strict';
}

/** The policies that apply, each once, and `default` behind them. */
function listCandidates(configuration: Configuration, subject: LimitSubject) {
  const sources = new Map<string, LimitCandidate['sources']>();
  for (const { policy, kind, name } of listPolicySources(configuration, subject))
    sources.set(policy, [...(sources.get(policy) ?? []), { kind, name }]);
  const applying = [...sources].flatMap(([policy, own]) => {
    const found = configuration.policies.get(policy);
    return found ? [{ ...found, sources: own, isFallback: false }] : [];
  });
  const fallback = defaultPolicy(configuration);
  if (applying.some(({ name }) => name === fallback.name)) return applying;
  const complete = { ...builtInDefaultPolicy.limits, ...fallback.limits };
  return [...applying, { ...fallback, limits: complete, sources: [], isFallback: true }];
}
