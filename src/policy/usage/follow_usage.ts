import type { Configuration } from '../../domain/configuration.ts';
import { addSeconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { returnHorizon } from '../../domain/usage.ts';
import { endSpan } from './end_span.ts';
import { activityOf, followRefresh, touchSession } from './note_activity.ts';
import { noteFactor, noteRefused, noteSignIn } from './note_circumstances.ts';
import { secondsBetween } from './usage_person.ts';
import type { CountUsage, UsagePerson, UsageStep } from './usage_person.ts';

/**
 * Follow one person through an event of the sealed trail: `person` changes, and what is known now is counted.
 * What began before the trail does is left out.
 */
export function followUsage(
  person: UsagePerson,
  step: UsageStep,
  configuration: Configuration,
  count: CountUsage,
): void {
  const { name, at, detail } = step;
  finishUsage(person, at, count);
  switch (name) {
    case 'account.created':
      person.roles = texts(detail.roles);
      return;
    case 'account.roles_changed':
      return changeRoles(person, texts(detail.to), at);
    case 'session.started':
    case 'session.renewed':
      return startSession(person, step, configuration, count);
    case 'consent.granted':
      return touchSession(person, step.session, at, configuration, count);
    case 'session.extended':
      return touchSession(person, step.session, activityOf(at, detail.inactive_for), configuration, count);
    case 'code.exchanged':
      return startFamily(person, step, configuration, count);
    case 'lease.granted': {
      const span = person.spans[step.family ?? ''];
      if (span) span.leased = true;
      return;
    }
    case 'refresh.granted':
    case 'refresh.downscoped':
    case 'refresh.retried':
      return followRefresh(person, step, configuration, count);
    case 'refresh.refused':
      return noteRefused(person.spans[step.family ?? ''], step, count);
    case 'mfa.passed':
    case 'mfa.failed':
      return noteFactor(person, at, count);
    case 'sign_in.succeeded':
      return noteSignIn(person, step, count);
    case 'session.ended':
      return endSpan(person, step.session, step, configuration, count);
    case 'family.ended':
      return endSpan(person, step.family, step, configuration, count);
    default:
  }
}

/** Give up waiting for those who would have had to be back by `at`. */
export function finishUsage(person: UsagePerson, at: Instant, count: CountUsage): void {
  for (const [key, { end: ended, activeAt }] of Object.entries(person.spans)) {
    if (!ended || at <= addSeconds(ended.at, returnHorizon)) continue;
    if (ended.isIdle) count(ended.idleGroup, ended.at, 'gone', secondsBetween(activeAt, ended.at));
    delete person.spans[key];
  }
}

/** From when on `finishUsage` has something to do; undefined: nothing is waited for. */
export function usageDueAt({ spans }: UsagePerson): Instant | undefined {
  const due = Object.values(spans).flatMap(({ end: ended }) =>
    ended ? [addSeconds(ended.at, returnHorizon)] : [],
  );
  return due.length > 0 ? Math.min(...due) + 1 : undefined;
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function changeRoles(person: UsagePerson, to: readonly string[], at: Instant): void {
  const hasLost = (person.roles ?? []).some((role) => !to.includes(role));
  person.roles = to;
  if (!hasLost) return;
  for (const span of Object.values(person.spans)) if (!span.end) span.lostRoleAt ??= at;
}

function startSession(
  person: UsagePerson,
  { session, detail }: UsageStep,
  configuration: Configuration,
  count: CountUsage,
): void {
  const [startedAt, activeAt] = [detail.started_at, detail.active_at];
  if (session === undefined || typeof startedAt !== 'number' || typeof activeAt !== 'number') return;
  const known = person.spans[session];
  if (!known) {
    person.spans[session] = { of: 'session', clients: [], startedAt, activeAt, refreshes: 0 };
    return;
  }
  touchSession(person, session, activeAt, configuration, count);
  known.startedAt = startedAt;
}

function startFamily(
  person: UsagePerson,
  { at, clientId = '', session, family, detail }: UsageStep,
  configuration: Configuration,
  count: CountUsage,
): void {
  const { active_at: activeAt, bound } = detail;
  if (typeof activeAt !== 'number') return;
  const own = person.spans[session ?? ''];
  if (own) {
    touchSession(person, session, activeAt, configuration, count);
    if (!own.clients.includes(clientId)) own.clients = [...own.clients, clientId];
  }
  if (family === undefined) return;
  person.spans[family] = {
    of: 'family',
    clients: [clientId],
    ...(bound === true && session !== undefined ? { session } : {}),
    scopes: texts(detail.scopes),
    resources: texts(detail.resources),
    startedAt: at,
    activeAt,
    refreshes: 0,
  };
}
