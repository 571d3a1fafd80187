import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { findFamilyState } from '../store/family_state.ts';
import { findSessionById, lockAccount, lockOpenSessions, readNow } from '../store/sessions.ts';
import { endFamilies, endSessions } from './end_access.ts';

/**
 * End a session by its id, with every family that came from it, offline ones too; or one family by its
 * id. The person whose session it was is told `note` when they come back; the trail, which outlives them, is not.
 * Returns what ended: nothing of what was over before. Throws Problem `session_unknown`.
 */
export async function endByOperator(
  tx: Queryable,
  configuration: Configuration,
  id: string,
  origin: Origin,
  note?: string,
): Promise<{ sessions: number; families: number }> {
  const session = (await findSessionById(tx, id))?.facts;
  const family = session ? undefined : (await findFamily(tx, id))?.family;
  const accountId = session?.accountId ?? family?.accountId;
  if (accountId === undefined) throw new Problem('session_unknown', `There is no session or family ${id}.`);

  await lockAccount(tx, accountId);
  const families = await lockOpenFamilies(tx, session ? { sessionId: id } : { familyId: id });
  const sessions = session ? await lockOpenSessions(tx, { sessionId: id }) : [];
  const ending = { cause: 'ended_by_operator', now: await readNow(tx), origin, note } as const;
  return {
    families: await endFamilies(tx, configuration, families, ending),
    sessions: await endSessions(tx, configuration, sessions, ending),
  };
}

async function findFamily(tx: Queryable, id: string) {
  return isUuid(id) ? await findFamilyState(tx, id) : undefined;
}
