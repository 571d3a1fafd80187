import type { Configuration } from '../domain/configuration.ts';
import type { FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { limitsFor } from './effective_limits.ts';

/** What rules a family: the account's roles, the client, all the family's resources and scopes. */
export function familyLimits(
  configuration: Configuration,
  family: Pick<FamilyFacts, 'clientId' | 'resources' | 'scopes'>,
  roles: readonly string[],
): EffectiveLimits {
  return limitsFor(configuration, {
    roles,
    clientIds: [family.clientId],
    resources: family.resources,
    scopes: family.scopes,
  });
}

/** What rules a client without a user: the client itself, the resource and the scopes of its token. */
export function clientLimits(
  configuration: Configuration,
  { clientId, resources, scopes }: Pick<FamilyFacts, 'clientId' | 'resources' | 'scopes'>,
): EffectiveLimits {
  return limitsFor(configuration, { clientIds: [clientId], resources, scopes });
}

/** What rules a session: the account's roles and every client signed in through it. */
export function sessionLimits(
  configuration: Configuration,
  session: Pick<SessionFacts, 'clientIds'>,
  roles: readonly string[],
): EffectiveLimits {
  return limitsFor(configuration, { roles, clientIds: session.clientIds });
}
