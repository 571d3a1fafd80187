import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenFamilies, lockOpenFamilies } from '../store/families.ts';
import { listOpenSessions, lockAccount, readNow } from '../store/sessions.ts';
import { endFamilies, findFamilyEnd, findSessionEnd } from './end_access.ts';
import { endFamily } from './end_family.ts';
import { endSession } from './end_session.ts';

/**
 * End every session and family that is over under `configuration`: what must happen, in the same
 * transaction, before limits may become longer. Only what is over is locked.
 */
export async function endOverdue(
  tx: Queryable,
  configuration: Configuration,
  origin: Origin,
): Promise<{ sessions: number; families: number }> {
  const now = await readNow(tx);
  const families = (await listOpenFamilies(tx)).filter((open) =>
    findFamilyEnd(configuration, open, undefined, now),
  );
  const sessions = (await listOpenSessions(tx)).filter((open) =>
    findSessionEnd(configuration, open, undefined, now),
  );
  const accountIds = [...families.map(({ family }) => family), ...sessions.map(({ session }) => session)].map(
    ({ accountId }) => accountId,
  );
  for (const accountId of [...new Set(accountIds)].toSorted()) await lockAccount(tx, accountId);

  const ended = { sessions: 0, families: 0 };
  for (const { family } of families) {
    if (await endFamily(tx, configuration, family.familyId, undefined, origin)) ended.families += 1;
  }
  for (const { session } of sessions) {
    if (await endSession(tx, configuration, session, undefined, origin)) ended.sessions += 1;
  }
  return ended;
}

/** End every family of a client that is removed or disabled; returns how many. */
export async function endClientAccess(
  tx: Queryable,
  configuration: Configuration,
  clientId: string,
  origin: Origin,
): Promise<number> {
  const families = await lockOpenFamilies(tx, { clientId });
  const now = await readNow(tx);
  return await endFamilies(tx, configuration, families, { cause: 'client_disabled', now, origin });
}
