import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { lockAccount, lockOpenSessions, readNow } from '../store/sessions.ts';
import { endFamilies, endSessions } from './end_access.ts';
import type { Cause } from './end_access.ts';

/**
 * End one session, and with it every family bound to it; offline families live on. Without a cause it
 * ends only if one of its limits has passed. Locks the account, then its families, then the session.
 * Returns whether this call ended it.
 */
export async function endSession(
  tx: Queryable,
  configuration: Configuration,
  session: { sessionId: string; accountId: string },
  cause: Cause,
  origin: Origin,
): Promise<boolean> {
  await lockAccount(tx, session.accountId);
  const families = await lockOpenFamilies(tx, { sessionId: session.sessionId });
  const sessions = await lockOpenSessions(tx, { sessionId: session.sessionId });
  const now = await readNow(tx);
  const bound = families.filter(({ family }) => family.bound);
  await endFamilies(tx, configuration, bound, {
    cause: sessions.length > 0 ? cause : undefined,
    now,
    origin,
  });
  return (await endSessions(tx, configuration, sessions, { cause, now, origin })) > 0;
}
