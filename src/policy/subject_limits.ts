import type { Configuration } from '../domain/configuration.ts';
import type { SessionFacts } from '../domain/facts.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { limitsFor } from './effective_limits.ts';
import type { LimitSubject } from './list_policy_sources.ts';

interface Asked {
  clientId?: string | undefined;
  resources: readonly string[];
  scopes: readonly string[];
}

/** What rules a family: the account's roles, the client, all the family's resources and scopes. */
export function familySubject(
  { clientId, resources, scopes }: Asked,
  roles: readonly string[],
): Required<LimitSubject> {
  return { roles, clientIds: clientId === undefined ? [] : [clientId], resources, scopes };
}

/** What rules a client without a user: the client itself, the resource and the scopes of its token. */
export function clientSubject(asked: Asked): Required<LimitSubject> {
  return familySubject(asked, []);
}

/** What rules a session: the account's roles and every client signed in through it. */
export function sessionSubject(
  { clientIds }: Pick<SessionFacts, 'clientIds'>,
  roles: readonly string[],
): LimitSubject {
  return { roles, clientIds };
}

/** The limits of a family. */
export function familyLimits(
  configuration: Configuration,
  family: Asked,
  roles: readonly string[],
): EffectiveLimits {
  return limitsFor(configuration, familySubject(family, roles));
}

/** The limits of a client without a user. */
export function clientLimits(configuration: Configuration, asked: Asked): EffectiveLimits {
  return limitsFor(configuration, clientSubject(asked));
}

/** The limits of a session. */
export function sessionLimits(
  configuration: Configuration,
  session: Pick<SessionFacts, 'clientIds'>,
  roles: readonly string[],
): EffectiveLimits {
  return limitsFor(configuration, sessionSubject(session, roles));
}
