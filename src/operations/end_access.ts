import type { Configuration } from '../domain/configuration.ts';
import type { End } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Lease } from '../domain/leases.ts';
import type { EndReason } from '../domain/reasons.ts';
import { recordEvents } from '../events/record_event.ts';
import type { EventSubject } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { evaluateFamily, evaluateSession } from '../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import type { Queryable } from '../store/database.ts';
import { queueLogoutNotices } from './queue_logout_notices.ts';
import { queueRevokedSessions } from './queue_revoked_sessions.ts';
import { endFamilyRows } from '../store/families.ts';
import type { OpenFamily } from '../store/families.ts';
import { endSessionRows } from '../store/sessions.ts';
import type { OpenSession } from '../store/sessions.ts';

/** What everything that is not over yet ends for; undefined: only what is over ends. */
export type Cause = EndReason | undefined;

/** The end of a family at `now`: its own limit if that has passed, else for `cause`; undefined: it lives on. */
export function findFamilyEnd(
  configuration: Configuration,
  open: OpenFamily,
  cause: Cause,
  now: Instant,
): End | undefined {
  const lifetime = evaluateFamily(
    open.family,
    familyLimits(configuration, open.family, open.roles),
    {
      session: open.session,
      limits: sessionLimits(configuration, open.session ?? { clientIds: [] }, open.roles),
    },
    now,
  );
  if (lifetime.over) return lifetime.end;
  return cause && { reason: cause, at: now };
}

/** Likewise for a session. */
export function findSessionEnd(
  configuration: Configuration,
  open: OpenSession,
  cause: Cause,
  now: Instant,
): End | undefined {
  const lifetime = evaluateSession(open.session, sessionLimits(configuration, open.session, open.roles), now);
  if (lifetime.over) return lifetime.end;
  return cause && { reason: cause, at: now };
}

/** What ends, why, and by whose doing. */
export interface Ending {
  cause: Cause;
  now: Instant;
  origin: Origin;
  /** What whoever ends a session tells its person. */
  note?: string | undefined;
}

/** End locked families; returns how many ended. */
export async function endFamilies(
  tx: Queryable,
  configuration: Configuration,
  families: readonly OpenFamily[],
  { cause, now, origin }: Ending,
): Promise<number> {
  const ends = families.flatMap((open) => {
    const end = findFamilyEnd(configuration, open, cause, now);
    const { familyId, lease } = open.family;
    return end ? [{ id: familyId, subject: open.family, end, lease }] : [];
  });
  if (ends.length === 0) return 0;
  const ended = await endFamilyRows(tx, ends);
  const news = ends.filter(({ id }) => ended.has(id));
  await recordEnds(tx, 'family.ended', news, { now, origin });
  return news.length;
}

/** End locked sessions themselves, not what is bound to them, and let their clients and all event streams be told; returns how many ended. */
export async function endSessions(
  tx: Queryable,
  configuration: Configuration,
  sessions: readonly OpenSession[],
  { cause, now, origin, note }: Ending,
): Promise<number> {
  const ends = sessions.flatMap((open) => {
    const end = findSessionEnd(configuration, open, cause, now);
    const { sessionId, accountId } = open.session;
    // What was over before did not end by their doing.
    const told = end?.reason === cause && note !== undefined ? { note } : {};
    return end ? [{ id: sessionId, subject: { sessionId, accountId }, end: { ...end, ...told } }] : [];
  });
  if (ends.length === 0) return 0;
  const ended = await endSessionRows(tx, ends);
  const endedById = new Map(ended.map((session) => [session.sessionId, session]));
  const news = ends.flatMap((one) => {
    const session = endedById.get(one.id);
    return session ? [{ ...one, session }] : [];
  });
  await recordEnds(tx, 'session.ended', news, { now, origin });
  await queueLogoutNotices(tx, configuration, ended);
  await queueRevokedSessions(tx, news, origin);
  return news.length;
}

async function recordEnds(
  tx: Queryable,
  name: 'family.ended' | 'session.ended',
  ends: readonly { subject: EventSubject; end: End; lease?: Lease | undefined }[],
  { now, origin }: { now: Instant; origin: Origin },
): Promise<void> {
  const events = ends.map(({ subject, end, lease }) => ({
    subject,
    detail: { ...describeEnd(end, now), ...(lease ? { lease } : {}) },
  }));
  await recordEvents(tx, name, origin, events);
}

/** An end for the trail: seconds found late, rounded down to milliseconds. */
export function describeEnd(end: End, now: Instant): Record<string, unknown> {
  return {
    reason: end.reason,
    ended_at: new Date(end.at / 1000).toISOString(),
    found_late_seconds: Math.floor(Math.max(0, now - end.at) / 1000) / 1000,
    ...(end.limit === undefined ? {} : { limit: end.limit }),
    ...(end.policy === undefined ? {} : { policy: end.policy, policy_version: end.policyVersion }),
  };
}
