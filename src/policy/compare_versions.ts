import type { PastConfiguration } from '../domain/configuration.ts';
import { desireConfiguration } from '../domain/desire_configuration.ts';
import type { Policy } from '../domain/policies.ts';
import { compareConfigurations } from './compare_configurations.ts';
import type { Difference } from './compare_configurations.ts';
import { weighDifferences } from './weigh_differences.ts';

/** All policies there were, where the configurations compared have only some of their entries. */
export interface StandingPolicies {
  before: ReadonlyMap<string, Policy>;
  after: ReadonlyMap<string, Policy>;
}

/** What differs between two versions of the configuration, and which way it leads; whether clients are disabled included. */
export function compareVersions(
  before: PastConfiguration,
  after: PastConfiguration,
  policies: StandingPolicies = { before: before.policies, after: after.policies },
): Difference[] {
  const differences = compareConfigurations(before, desireConfiguration(after));
  return weighDifferences(
    { ...before, policies: policies.before },
    { ...after, policies: policies.after },
    compareDisabling(before, after, differences),
  );
}

/** No file says which clients are disabled; a history does. */
function compareDisabling(
  before: PastConfiguration,
  after: PastConfiguration,
  differences: readonly Difference[],
): Difference[] {
  const all = [...differences];
  for (const { clientId, disabled } of after.clients.values()) {
    const was = before.clients.get(clientId)?.disabled ?? false;
    if (disabled === was) continue;
    const field = { field: 'disabled', from: was || undefined, to: disabled || undefined };
    const at = all.findIndex(({ section, name }) => section === 'clients' && name === clientId);
    const own = all[at];
    if (own) all[at] = { ...own, fields: [...own.fields, field] };
    else all.push({ section: 'clients', name: clientId, kind: 'changed', fields: [field] });
  }
  return all;
}
