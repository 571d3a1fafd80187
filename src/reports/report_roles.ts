import type { Configuration } from '../domain/configuration.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { limitsFor } from '../policy/effective_limits.ts';
import { holdLimits } from '../policy/hold_limits.ts';
import type { HeldBaseline } from '../policy/hold_limits.ts';
import type { Database } from '../store/database.ts';
import { countRolePeople } from '../store/role_people.ts';

/** People of a role are counted so far; it does not grow with their number. */
export const mostPeople = 10_000;

/** What holds for somebody who has this role alone. */
export interface RoleRow {
  role: string;
  /** The policy that the role names. */
  policy?: string;
  limits: EffectiveLimits;
  baselines: HeldBaseline[];
  /** How many accounts have it, disabled ones too; `more`: there are more than that. */
  people: { count: number; more: boolean };
}

/** The roles of these names, with their limits, what baselines say of those, and how many people have them. */
export async function reportRoles(
  database: Database,
  configuration: Configuration,
  names: readonly string[],
): Promise<RoleRow[]> {
  const people = await countRolePeople(database, names, mostPeople + 1);
  return names.flatMap((name) => {
    const role = configuration.roles.get(name);
    if (!role) return [];
    const limits = limitsFor(configuration, { roles: [name] });
    const policy = role.policy === undefined ? undefined : configuration.policies.get(role.policy);
    const count = people.get(name) ?? 0;
    return [
      {
        role: name,
        ...(policy ? { policy: policy.name } : {}),
        limits,
        baselines: holdLimits(limits, policy?.baselines ?? []),
        people: { count: Math.min(count, mostPeople), more: count > mostPeople },
      },
    ];
  });
}
