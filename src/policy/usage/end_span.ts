import type { Configuration } from '../../domain/configuration.ts';
import type { Instant } from '../../domain/instants.ts';
import type { DurationField, EffectiveLimit } from '../../domain/policies.ts';
import type { UsageGroup } from '../../domain/usage.ts';
import { groupOf, idleRule } from './idle_rule.ts';
import type { IdleRule } from './idle_rule.ts';
import { isRegular, noteCircumstances } from './note_circumstances.ts';
import { secondsBetween } from './usage_person.ts';
import type { CountUsage, UsagePerson, UsageSpan, UsageStep } from './usage_person.ts';

const limitReasons = new Set<unknown>(['idle_timeout', 'absolute_timeout', 'lease_over']);
const shortestRegularTail = 3600;

/** A session or family ends: count what it was, and wait for its user where a limit ended it. */
export function endSpan(
  person: UsagePerson,
  key: string | undefined,
  { detail }: UsageStep,
  configuration: Configuration,
  count: CountUsage,
): void {
  const span = person.spans[key ?? ''];
  const { reason, ended_at: at, limit, policy, policy_version: version } = detail;
  if (!span || span.end || typeof at !== 'number' || key === undefined) return;
  const rule = idleRule(person, span, configuration);
  const isLimit = limitReasons.has(reason) && typeof limit === 'number' && typeof policy === 'string';
  const limitIs = { value: Number(limit), policy: String(policy), version: Number(version ?? 0) };
  const group = isLimit ? groupOf(person, span, fieldOf(span, reason, rule, limitIs), limitIs) : rule.group;
  const isIdle = isLimit && reason === 'idle_timeout';
  const idleGroup = isIdle ? group : rule.group;
  const tail = secondsBetween(span.activeAt, at);
  count(idleGroup, at, 'span', secondsBetween(span.startedAt, at));
  if (!span.leased) {
    if (tail > rule.inUse) count(idleGroup, at, 'idle', tail);
    if (!isIdle) count(idleGroup, at, 'tail', tail);
  }
  noteSleepers(span, { at, group: idleGroup, inUse: rule.inUse }, count);
  if (!isLimit) {
    delete person.spans[key];
    return;
  }
  span.end = { at, isIdle, group, idleGroup };
  count(group, at, 'end', tail);
  noteCircumstances(person, span, reason, count);
}

function fieldOf(
  span: UsageSpan,
  reason: unknown,
  { group }: IdleRule,
  limit: EffectiveLimit<number>,
): DurationField {
  if (reason === 'lease_over') return 'lease_max';
  if (reason === 'absolute_timeout') return span.of === 'session' ? 'session_absolute' : 'refresh_absolute';
  if (span.of === 'session') return 'session_idle';
  const isRule = group.policy === limit.policy && group.limit === limit.value;
  return isRule ? group.field : 'refresh_idle';
}

/** What stood open for nobody. */
function noteSleepers(
  { startedAt, activeAt, refreshes, refreshedAt, lostRoleAt, of, ...span }: UsageSpan,
  { at, group, inUse }: { at: Instant; group: UsageGroup; inUse: number },
  count: CountUsage,
): void {
  const open = secondsBetween(startedAt, at);
  if (of === 'family' && refreshes === 0 && open > inUse) count(group, at, 'unrefreshed', open);
  if (refreshedAt !== undefined && refreshedAt > activeAt) {
    count(group, at, 'polling', secondsBetween(activeAt, refreshedAt));
  }
  const regular = isRegular(span) ? secondsBetween(span.regularFrom ?? at, at) : 0;
  const isToTheEnd =
    refreshedAt !== undefined && secondsBetween(refreshedAt, at) <= (span.interval ?? 0) * 1.5;
  if (isToTheEnd && regular >= shortestRegularTail) count(group, at, 'regular', regular);
  if (lostRoleAt !== undefined) count(group, at, 'outlived', secondsBetween(lostRoleAt, at));
}
