import type { Configuration } from '../../domain/configuration.ts';
import type { EffectiveLimits, Policy } from '../../domain/policies.ts';
import { defaultPolicy, effectiveLimits, isStricter, limitsFor } from '../effective_limits.ts';
import type { LimitSubject } from '../effective_limits.ts';

/** Limits that hold for somebody or something a policy applies to. */
export interface Reach {
  limits: EffectiveLimits;
  /** Who or what, where it is not the policy alone that decides. */
  where?: string;
}

/** What rules a browser session comes from its account's roles and its clients, never from a resource or scope. */
const sessionFields = ['session_idle', 'session_absolute', 'max_sessions'] as const;

/**
 * The loosest limits that a policy permits, wherever it is named. Of several policies the strictest value
 * holds, so that whoever has a role or client with this one is bound at least as strictly as by it
 * alone. A resource or a scope brings it to refresh tokens only: the sessions they come from may be
 * bound as loosely as any role or client here allows.
 */
export function listReach(configuration: Configuration, policy: Policy): Reach[] {
  const namesIt = ({ policy: name }: { policy?: string }) => name === policy.name;
  const resources = [...configuration.resources.values()].filter(namesIt).map(({ identifier }) => identifier);
  const scopes = [...configuration.scopes.values()].filter(namesIt).map(({ name }) => name);
  const isOfSessions =
    policy.name === 'default' ||
    [...configuration.roles.values(), ...configuration.clients.values()].some(namesIt);
  const alone = { limits: effectiveLimits([policy], defaultPolicy(configuration)) };
  const ofTokens = [
    ...resources.map((name) => tokenReach(configuration, `resource ${name}`, { resources: [name] })),
    ...scopes.map((name) => tokenReach(configuration, `scope ${name}`, { scopes: [name] })),
  ];
  return isOfSessions || ofTokens.length === 0 ? [alone, ...ofTokens] : ofTokens;
}

function tokenReach(configuration: Configuration, where: string, subject: LimitSubject): Reach {
  const limits = { ...limitsFor(configuration, subject) };
  for (const field of sessionFields) limits[field] = loosest(configuration, field);
  return { limits, where };
}

function loosest(configuration: Configuration, field: (typeof sessionFields)[number]) {
  const subjects: LimitSubject[] = [
    {},
    ...[...configuration.roles.keys()].map((name) => ({ roles: [name] })),
    ...[...configuration.clients.keys()].map((name) => ({ clientIds: [name] })),
  ];
  return subjects
    .map((subject) => limitsFor(configuration, subject)[field])
    .reduce((a, b) => (isStricter(field, a.value, b.value) ? b : a));
}
