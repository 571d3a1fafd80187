import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenFamilies, lockOpenFamilies } from '../store/families.ts';
import { listOpenSessions, readNow } from '../store/sessions.ts';
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
  let families = 0;
  for (const open of await listOpenFamilies(tx)) {
    if (!findFamilyEnd(configuration, open, undefined, now)) continue;
    if (await endFamily(tx, configuration, open.family.familyId, undefined, origin)) families += 1;
  }
  let sessions = 0;
  for (const open of await listOpenSessions(tx)) {
    if (!findSessionEnd(configuration, open, undefined, now)) continue;
    if (await endSession(tx, configuration, open.session, undefined, origin)) sessions += 1;
  }
  return { sessions, families };
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
