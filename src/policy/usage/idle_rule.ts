import type { Configuration } from '../../domain/configuration.ts';
import type { DurationField, EffectiveLimit } from '../../domain/policies.ts';
import type { UsageGroup } from '../../domain/usage.ts';
import { familyLimits, sessionLimits } from '../subject_limits.ts';
import type { UsagePerson, UsageSpan } from './usage_person.ts';

export interface IdleRule {
  group: UsageGroup;
  /** An app in use refreshes at least so often, in seconds. */
  inUse: number;
}

/** The idle limit in force for a span: of a bound family, the stricter of its own and its session's. */
export function idleRule(person: UsagePerson, span: UsageSpan, configuration: Configuration): IdleRule {
  const roles = person.roles ?? [];
  const ofSession = (clientIds: readonly string[]) =>
    sessionLimits(configuration, { clientIds }, roles).session_idle;
  if (span.of === 'session') {
    const { access_token_ttl: ttl } = sessionLimits(configuration, { clientIds: span.clients }, roles);
    return { group: groupOf(person, span, 'session_idle', ofSession(span.clients)), inUse: ttl.value * 1.5 };
  }
  const [clientId = ''] = span.clients;
  const { scopes = [], resources = [] } = span;
  const limits = familyLimits(configuration, { clientId, scopes, resources }, roles);
  const session = span.session === undefined ? undefined : person.spans[span.session];
  const bond = session && ofSession(session.clients);
  const isSessions = bond !== undefined && bond.value < limits.refresh_idle.value;
  return {
    group: isSessions
      ? groupOf(person, span, 'session_idle', bond)
      : groupOf(person, span, 'refresh_idle', limits.refresh_idle),
    inUse: limits.access_token_ttl.value * 1.5,
  };
}

/** What is counted together with a span under a limit. */
export function groupOf(
  { roles = [] }: UsagePerson,
  { of, clients }: UsageSpan,
  field: DurationField,
  { value, policy, version }: EffectiveLimit<number>,
): UsageGroup {
  return {
    of,
    field,
    policy,
    policyVersion: version,
    limit: value,
    clientId: of === 'family' ? (clients[0] ?? '') : '',
    roles: roles.toSorted(),
  };
}
