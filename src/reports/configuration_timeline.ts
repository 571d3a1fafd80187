import type { Configuration } from '../domain/configuration.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Policy } from '../domain/policies.ts';
import type { StoredDifference, StoredPolicyVersion } from '../store/trail_replay.ts';

/** The configuration before the first change, and after each: what rules limits of it. */
export interface Timeline {
  first: Configuration;
  /** By the id of the event that tells of the change. */
  after: ReadonlyMap<string, Configuration>;
}

interface Change {
  event_id: string;
  differences: readonly StoredDifference[];
}

const sections = ['roles', 'scopes', 'resources', 'clients'] as const;
type Named = Record<(typeof sections)[number], Map<string, { policy?: string }>>;

/**
 * How the configuration came to be what it is, by the changes in the trail, backwards: each policy that a
 * change touched was in its version before. Of what was removed the trail does not tell which policy it
 * had: none.
 */
export function buildTimeline(
  current: Configuration,
  versions: readonly StoredPolicyVersion[],
  changes: readonly Change[],
): Timeline {
  const after = new Map<string, Configuration>();
  let named = readNamed(current);
  let standing = new Map(versions.map(({ name, version }) => [name, version]));
  for (const { event_id: id, differences } of changes.toReversed()) {
    after.set(id, configurationOf(current, named, listPolicies(versions, standing)));
    named = undo(named, differences);
    standing = stepBack(standing, differences);
  }
  return { first: configurationOf(current, named, listPolicies(versions, standing)), after };
}

/** The version of each policy before a change; 0: there was none. */
function stepBack(
  standing: ReadonlyMap<string, number>,
  differences: readonly StoredDifference[],
): Map<string, number> {
  const touched = differences.filter(({ section }) => section === 'policies').map(({ name }) => name);
  return new Map(
    [...standing].map(([name, version]) => [name, touched.includes(name) ? version - 1 : version]),
  );
}

function listPolicies(
  versions: readonly StoredPolicyVersion[],
  standing: ReadonlyMap<string, number>,
): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  for (const { name, version, limits, removed } of versions) {
    if (removed || standing.get(name) !== version) continue;
    const isDefault = name === builtInDefaultPolicy.name;
    const all = isDefault ? { ...builtInDefaultPolicy.limits, ...limits } : limits;
    policies.set(name, { name, version, limits: all, baselines: [] });
  }
  return policies;
}

function readNamed(configuration: Configuration): Named {
  const of = (section: (typeof sections)[number]) =>
    new Map(
      [...configuration[section]].map(([name, { policy }]) => [name, policy === undefined ? {} : { policy }]),
    );
  return { roles: of('roles'), scopes: of('scopes'), resources: of('resources'), clients: of('clients') };
}

function undo(named: Named, differences: readonly StoredDifference[]): Named {
  const before: Named = { ...named };
  for (const section of sections) before[section] = new Map(named[section]);
  for (const { section, name, kind, fields } of differences) {
    const entries = (before as Partial<Record<string, Map<string, { policy?: string }>>>)[section];
    if (!entries) continue;
    if (kind === 'added') entries.delete(name);
    else if (kind === 'removed') entries.set(name, {});
    else {
      const change = fields.find(({ field }) => field === 'policy');
      if (change) entries.set(name, typeof change.from === 'string' ? { policy: change.from } : {});
    }
  }
  return before;
}

function configurationOf(
  current: Configuration,
  named: Named,
  policies: ReadonlyMap<string, Policy>,
): Configuration {
  const withDefault = new Map(policies);
  if (!withDefault.has(builtInDefaultPolicy.name)) {
    withDefault.set(builtInDefaultPolicy.name, builtInDefaultPolicy);
  }
  return { ...current, ...(named as unknown as Pick<Configuration, keyof Named>), policies: withDefault };
}
