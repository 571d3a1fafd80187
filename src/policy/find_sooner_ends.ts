import type { Configuration } from '../domain/configuration.ts';
import type { DurationField, Limits } from '../domain/policies.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import { defaultPolicy } from './effective_limits.ts';
import type { PolicySource } from './list_policy_sources.ts';

const timeouts = {
  session: ['session_idle', 'session_absolute'],
  refresh: ['refresh_idle', 'refresh_absolute', 'lease_max'],
} as const satisfies Record<string, readonly DurationField[]>;
type Timeout = (typeof timeouts)[keyof typeof timeouts][number];
const allTimeouts: readonly Timeout[] = [...timeouts.session, ...timeouts.refresh];

/** What a change of the configuration can let end sooner. */
export interface SoonerEnds {
  /** By how many seconds at most, by its own limits; 0: nothing ends sooner. */
  sessionsBy: number;
  familiesBy: number;
  /** By whose policies; undefined: the one that rules wherever no other does is among them. */
  sources: Pick<PolicySource, 'kind' | 'name'>[] | undefined;
}

/**
 * What ends sooner under `next` than under `current`, at most: no limit of anything becomes shorter by more than that,
 * and nobody's but of those to whom one of the sources brings a policy.
 */
export function findSoonerEnds(current: Configuration, next: Configuration): SoonerEnds {
  const names = new Set([...current.policies.keys(), ...next.policies.keys()]);
  const changed = new Set([...names].filter((name) => hasOtherTimeouts(current, next, name)));
  const sources = listChangedSources(current, next, changed);
  const byDefault = hasOtherFallback(current, next);
  if (sources.length === 0 && !byDefault) return { sessionsBy: 0, familiesBy: 0, sources };
  const rebound = sources.some(
    ({ kind, name }) => policyOf(current, kind, name) !== policyOf(next, kind, name),
  );
  const by = (fields: readonly Timeout[]) =>
    Math.max(0, ...fields.map((field) => shortenedBy(current, next, { field, changed, rebound })));
  return {
    sessionsBy: by(timeouts.session),
    familiesBy: by(timeouts.refresh),
    sources: byDefault ? undefined : sources,
  };
}

const limitsOf = ({ policies }: Configuration, name: string): Partial<Limits> =>
  policies.get(name)?.limits ?? {};
const fallbackOf = (configuration: Configuration): Limits => ({
  ...builtInDefaultPolicy.limits,
  ...defaultPolicy(configuration).limits,
});

function hasOtherTimeouts(current: Configuration, next: Configuration, name: string): boolean {
  const [before, after] = [limitsOf(current, name), limitsOf(next, name)];
  return allTimeouts.some((field) => before[field] !== after[field]);
}

function hasOtherFallback(current: Configuration, next: Configuration): boolean {
  const [before, after] = [fallbackOf(current), fallbackOf(next)];
  return allTimeouts.some((field) => before[field] !== after[field]);
}

const sections = { role: 'roles', client: 'clients', resource: 'resources', scope: 'scopes' } as const;
type Kind = PolicySource['kind'];

function policyOf(configuration: Configuration, kind: Kind, name: string): string | undefined {
  return configuration[sections[kind]].get(name)?.policy;
}

/** What brings another policy than before, or one that changed. */
function listChangedSources(current: Configuration, next: Configuration, changed: ReadonlySet<string>) {
  return (Object.keys(sections) as Kind[]).flatMap((kind) => {
    const section = sections[kind];
    const names = new Set([...current[section].keys(), ...next[section].keys()]);
    return [...names].flatMap((name) => {
      const [before, after] = [policyOf(current, kind, name), policyOf(next, kind, name)];
      return before !== after || (after !== undefined && changed.has(after)) ? [{ kind, name }] : [];
    });
  });
}

/**
 * No effective value is shorter by more: it was the smallest of some policies, or that of `default`, and is so now. Where
 * something brings another policy, or a policy sets what it did not, it may have been the longest there was.
 */
function shortenedBy(
  current: Configuration,
  next: Configuration,
  { field, changed, rebound }: { field: Timeout; changed: ReadonlySet<string>; rebound: boolean },
): number {
  const fallback = fallbackOf(next)[field];
  const longest = Math.max(fallbackOf(current)[field], ...valuesOf(current, field));
  if (rebound) return longest - Math.min(fallback, ...valuesOf(next, field));
  const ofPolicies = [...changed].map((name) => {
    const [before, after] = [limitsOf(current, name)[field], limitsOf(next, name)[field]];
    if (before === undefined && after === undefined) return 0;
    return (before ?? longest) - (after ?? fallback);
  });
  return Math.max(0, fallbackOf(current)[field] - fallback, ...ofPolicies);
}

const valuesOf = ({ policies }: Configuration, field: Timeout): number[] =>
  [...policies.values()].flatMap(({ limits }) => limits[field] ?? []);
