import type { Configuration } from '../../domain/configuration.ts';
import type { EffectiveLimit, EffectiveLimits, LimitField, Limits, Policy } from '../../domain/policies.ts';
import { defaultPolicy, effectiveLimits, isStricter, limitsFor } from '../effective_limits.ts';
import type { LimitSubject } from '../list_policy_sources.ts';

/** Limits that hold for somebody or something a policy applies to. */
export interface Reach {
  limits: EffectiveLimits;
  /** Who or what, where it is not the policy alone that decides. */
  where?: string;
}

/** What rules a browser session comes from its account's roles and its clients, never from a resource or scope. */
const sessionFields: ReadonlySet<LimitField> = new Set(['session_idle', 'session_absolute', 'max_sessions']);

/**
 * The loosest limits that a policy permits, wherever it is named. Of several policies the strictest value
 * holds, so that what this one sets, nobody exceeds who has it. What it leaves out is the value of
 * `default`, or what another policy that applies as well makes of it, which may be longer. A resource or a
 * scope brings it to refresh tokens only: the sessions they come from may be bound as loosely as any role
 * or client here allows.
 */
export function listReach(configuration: Configuration, policy: Policy): Reach[] {
  const namesIt = ({ policy: name }: { policy?: string }) => name === policy.name;
  const resources = [...configuration.resources.values()].filter(namesIt).map(({ identifier }) => identifier);
  const scopes = [...configuration.scopes.values()].filter(namesIt).map(({ name }) => name);
  const isOfSessions =
    policy.name === 'default' ||
    [...configuration.roles.values(), ...configuration.clients.values()].some(namesIt);
  const alone = effectiveLimits([policy], defaultPolicy(configuration));
  const ofSessions = [
    { limits: alone },
    { limits: loosen(configuration, alone, (field) => policy.limits[field] === undefined) },
  ];
  const ofTokens = [
    ...resources.map((name) => `resource ${name}`),
    ...scopes.map((name) => `scope ${name}`),
  ].map((where) => {
    const isFree = (field: LimitField) => sessionFields.has(field) || policy.limits[field] === undefined;
    return { limits: loosen(configuration, alone, isFree), where };
  });
  return isOfSessions || ofTokens.length === 0 ? [...ofSessions, ...ofTokens] : ofTokens;
}

/** With the loosest values that anybody here can have, of the fields that the policy does not decide. */
function loosen(
  configuration: Configuration,
  limits: EffectiveLimits,
  isFree: (field: LimitField) => boolean,
): EffectiveLimits {
  const fields = Object.keys(limits) as LimitField[];
  return Object.fromEntries(
    fields.map((field) => [field, isFree(field) ? findLoosest(configuration, field) : limits[field]]),
  ) as EffectiveLimits;
}

function findLoosest(configuration: Configuration, field: LimitField): EffectiveLimit<Limits[LimitField]> {
  const { roles, clients, resources, scopes } = configuration;
  const ofTokens: LimitSubject[] = [
    ...onePerPolicy(resources).map((name) => ({ resources: [name] })),
    ...onePerPolicy(scopes).map((name) => ({ scopes: [name] })),
  ];
  const subjects: LimitSubject[] = [
    {},
    ...onePerPolicy(roles).map((name) => ({ roles: [name] })),
    ...onePerPolicy(clients).map((name) => ({ clientIds: [name] })),
    ...(sessionFields.has(field) ? [] : ofTokens),
  ];
  return subjects
    .map((subject): EffectiveLimit<Limits[LimitField]> => limitsFor(configuration, subject)[field])
    .reduce((a, b) => (isStricter(field, a.value, b.value) ? b : a));
}

/** Of thousands of clients few differ in what rules them. */
function onePerPolicy(entries: ReadonlyMap<string, { policy?: string }>): string[] {
  const seen = new Set<string | undefined>();
  return [...entries].flatMap(([name, { policy }]) => {
    if (seen.has(policy)) return [];
    seen.add(policy);
    return [name];
  });
}
