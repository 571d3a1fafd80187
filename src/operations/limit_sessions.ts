import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { sessionLimits } from '../policy/subject_limits.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenSessions, lockAccount, readNow } from '../store/sessions.ts';
import { findSessionEnd } from './end_access.ts';
import { endSession } from './end_session.ts';

/**
 * Hold an account to its `max_sessions` when a session has begun, or another client has joined one: the
 * least recently active others end, never that one. A session that is over is none of them, whether or not
 * the sweeper has come by. The limit is the strictest for the account's roles and that session's clients.
 */
export async function limitSessions(
  tx: Queryable,
  configuration: Configuration,
  started: { sessionId: string; accountId: string },
  origin: Origin,
): Promise<void> {
  await lockAccount(tx, started.accountId);
  const open = await listOpenSessions(tx, started.accountId);
  const own = open.find(({ session }) => session.sessionId === started.sessionId);
  if (!own) return;
  const now = await readNow(tx);
  const most = sessionLimits(configuration, own.session, own.roles).max_sessions.value;
  const others = open
    .filter((other) => other !== own && !findSessionEnd(configuration, other, undefined, now))
    .toSorted((a, b) => b.session.lastActivityAt - a.session.lastActivityAt);
  for (const { session } of others.slice(Math.max(0, most - 1))) {
    await endSession(tx, configuration, session, 'session_limit', origin);
  }
}
