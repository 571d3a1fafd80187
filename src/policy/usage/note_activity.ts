import type { Configuration } from '../../domain/configuration.ts';
import { addSeconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { idleRule } from './idle_rule.ts';
import { secondsBetween } from './usage_person.ts';
import type { CountUsage, UsagePerson, UsageSpan, UsageStep } from './usage_person.ts';

/** When the user was there: by default at the event itself; undefined: it was no activity. */
export function activityOf(at: Instant, inactiveFor: unknown): Instant | undefined {
  if (inactiveFor === null) return undefined;
  return inactiveFor === undefined ? at : addSeconds(at, -Number(inactiveFor));
}

/** A bound family counts from the later of its own and its session's activity. */
export function touchSession(
  person: UsagePerson,
  session: string | undefined,
  activity: Instant | undefined,
  configuration: Configuration,
  count: CountUsage,
): void {
  if (session === undefined || activity === undefined) return;
  for (const [key, span] of Object.entries(person.spans)) {
    if (key === session || span.session === session) touch(person, span, activity, configuration, count);
  }
}

function touch(
  person: UsagePerson,
  span: UsageSpan,
  activity: Instant,
  configuration: Configuration,
  count: CountUsage,
): void {
  if (span.end || activity <= span.activeAt) return;
  const gap = secondsBetween(span.activeAt, activity);
  span.activeAt = activity;
  // While a lease lasts no idle limit rules.
  if (span.leased) return;
  const { group, inUse } = idleRule(person, span, configuration);
  count(group, activity, 'gap', gap);
  if (gap > inUse) count(group, activity, 'idle', gap);
}

/** A refresh of a family: activity, unless the app says that nobody was there, and a beat of its clock. */
export function followRefresh(
  person: UsagePerson,
  { name, at, family, detail }: UsageStep,
  configuration: Configuration,
  count: CountUsage,
): void {
  const span = person.spans[family ?? ''];
  if (!span) return;
  const ofSession = 'session_inactive_for' in detail ? detail.session_inactive_for : undefined;
  touchSession(person, span.session, activityOf(at, ofSession), configuration, count);
  const activity = activityOf(at, detail.inactive_for);
  if (activity !== undefined) touch(person, span, activity, configuration, count);
  if (name === 'refresh.retried') return;
  noteInterval(span, at);
}

function noteInterval(span: UsageSpan, at: Instant): void {
  span.refreshes += 1;
  const before = span.refreshedAt;
  span.refreshedAt = at;
  if (before === undefined) return;
  const interval = secondsBetween(before, at);
  const isAlike = span.interval !== undefined && Math.abs(interval - span.interval) <= unsteadiness(interval);
  span.regularCount = isAlike ? (span.regularCount ?? 1) + 1 : 1;
  if (!isAlike) span.regularFrom = before;
  span.interval = interval;
}

/** Refreshes are like clockwork if each comes as long after its predecessor as that did, within this. */
const unsteadiness = (interval: number): number => Math.max(2, interval * 0.02);
