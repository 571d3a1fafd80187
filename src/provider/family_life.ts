import type { Configuration } from '../domain/configuration.ts';
import type { AccountFacts, FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import { describeLease } from '../domain/leases.ts';
import type { LeaseDetail } from '../domain/leases.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { evaluateFamily, evaluateSession } from '../policy/evaluate_lifetime.ts';
import type { Lifetime } from '../policy/evaluate_lifetime.ts';
import { familyLease } from '../policy/family_lease.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';

/** What a token that is looked at, not used, depends on. */
export interface TokenDependencies {
  now: Instant;
  /** Absent for a client's own token, which nothing but its `exp` and the client ends. */
  account?: AccountFacts | undefined;
  clientId: string;
  /** Absent when it came without a refresh token: then its session alone carries it. */
  family?: FamilyFacts | undefined;
  session?: SessionFacts | undefined;
}

/** The life of what a token rests on, by the limits in force; undefined: account, client or session is gone. */
export function findTokenLife(configuration: Configuration, token: TokenDependencies): Lifetime | undefined {
  const { account, family, session, now } = token;
  if (!account || account.disabled || !isClientEnabled(configuration, token)) return undefined;
  const limits = sessionLimits(configuration, session ?? { clientIds: [] }, account.roles);
  if (!family) return session && evaluateSession(session, limits, now);
  return evaluateFamily(family, familyLimits(configuration, family, account.roles), { session, limits }, now);
}

export function isTokenAlive(configuration: Configuration, token: TokenDependencies): boolean {
  if (!token.account) return isClientEnabled(configuration, token);
  return findTokenLife(configuration, token)?.over === false;
}

/** The lease that runs at `now`, as answers tell of it: how long it lasts under the limits in force. */
export function describeRunningLease(
  family: Pick<FamilyFacts, 'bound' | 'lease' | 'startedAt'>,
  limits: EffectiveLimits,
  now: Instant,
): LeaseDetail[] | undefined {
  const inForce = familyLease(family, limits);
  if (!family.lease || !inForce || now >= inForce.endAt) return undefined;
  return [describeLease({ ...family.lease, duration: inForce.limit.value })];
}

/** Likewise for a token that is looked at: what the library's payload of it carries as `rar`. */
export function leaseOfToken(
  configuration: Configuration,
  { account, family, now }: TokenDependencies,
): { rar?: LeaseDetail[] } {
  if (!account || !family?.lease) return {};
  const rar = describeRunningLease(family, familyLimits(configuration, family, account.roles), now);
  return rar ? { rar } : {};
}

function isClientEnabled(configuration: Configuration, { clientId }: TokenDependencies): boolean {
  return configuration.clients.get(clientId)?.disabled === false;
}
