import type { DesiredConfiguration } from '../../../src/domain/configuration.ts';
import { builtInDefaultPolicy } from '../../../src/domain/policies.ts';
import type { Limits } from '../../../src/domain/policies.ts';
import { rateLimitKinds } from '../../../src/domain/rate_limits.ts';
import type { RateLimits } from '../../../src/domain/rate_limits.ts';
import { client } from '../../support/example_configuration.ts';
import * as scenario from '../gate/scenario.ts';
import type { Policy } from '../gate/world.ts';

export const clientSecret = 'a secret of sixteen or more';

/** As a configuration file would give them: `default` with what the built-in one has beyond it. */
export function desiredPolicies(
  wanted: Record<string, Policy['limits']>,
): NonNullable<DesiredConfiguration['policies']> {
  const builtIn = (name: string) => (name === builtInDefaultPolicy.name ? builtInDefaultPolicy.limits : {});
  return new Map(
    Object.entries(wanted).map(([name, limits]) => [
      name,
      { limits: { ...builtIn(name), ...(limits as Partial<Limits>) }, baselines: [] },
    ]),
  );
}

/** What stays as it is for all runs: everything but the policies. Rates are as good as unlimited. */
export function staticConfiguration(): DesiredConfiguration {
  const unlimited = { most: 1_000_000_000, seconds: 1 };
  return {
    roles: named(
      Object.entries(scenario.roles).map(([name, policy]) => ({ name, ...(policy ? { policy } : {}) })),
    ),
    scopes: named(
      scenario.scopes.map(({ name, policy, roles, stepUp }) => ({
        name,
        description: name,
        ...(policy ? { policy } : {}),
        ...(roles ? { roles } : {}),
        ...(stepUp ? { stepUp: stepUp.maxAge === undefined ? {} : { mfaMaxAge: stepUp.maxAge } } : {}),
      })),
    ),
    resources: new Map(
      Object.entries(scenario.resources).map(([identifier, policy]) => [
        identifier,
        {
          identifier,
          scopes: scenario.scopes.filter(({ resource }) => resource === identifier).map(({ name }) => name),
          ...(policy ? { policy } : {}),
        },
      ]),
    ),
    clients: new Map(
      scenario.clients.map(({ clientId, policy, trusted, rotates, public: isPublic }) => [
        clientId,
        client(clientId, {
          scope: ['openid', 'offline_access', ...scenario.scopes.map(({ name }) => name)].join(' '),
          ...(isPublic ? {} : { secret: clientSecret }),
          ...(policy ? { policy } : {}),
          metadata: rotates ? {} : { dpop_bound_access_tokens: true },
          trusted,
          refreshRotation: rotates,
        }),
      ]),
    ),
    rate_limits: Object.fromEntries(
      Object.keys(rateLimitKinds).map((kind) => [kind, unlimited]),
    ) as RateLimits,
  };
}

function named<Entry extends { name: string }>(entries: Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}
