import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { evaluateFamily, evaluateSession } from '../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import type { Database, Queryable } from '../store/database.ts';
import type { OpenFamily } from '../store/families.ts';
import { claimSession, listDueSessions, lockDueFamilies, scheduleChecks } from '../store/sweep.ts';
import { findSessionById, readNow } from '../store/sessions.ts';
import { endFamilies } from './end_access.ts';
import { endSession } from './end_session.ts';

const origin: Origin = { actor: 'sweeper' };

/**
 * Look at one batch of families that are due: end those over a limit in force, and note when to look at
 * the others again. Returns how many were due; fewer than `most`: none is left.
 */
export async function sweepFamilies(
  database: Database,
  configuration: Configuration,
  most: number,
): Promise<number> {
  return await database.transaction(async (tx) => {
    const due = await lockDueFamilies(tx, most);
    if (due.length === 0) return 0;
    const now = await readNow(tx);
    await endFamilies(tx, configuration, due, { cause: undefined, now, origin });
    const alive = due.flatMap((open) => {
      const at = nextCheck(configuration, open, now);
      return at === undefined ? [] : [{ id: open.family.familyId, at }];
    });
    await scheduleChecks(tx, 'families', alive);
    return due.length;
  });
}

/** When a living family's limit passes if nothing happens; undefined: it is over. */
function nextCheck(configuration: Configuration, open: OpenFamily, now: number): number | undefined {
  const limits = sessionLimits(configuration, open.session ?? { clientIds: [] }, open.roles);
  const life = evaluateFamily(
    open.family,
    familyLimits(configuration, open.family, open.roles),
    { session: open.session, limits },
    now,
  );
  return life.over ? undefined : life.idleEndAt;
}

/**
 * Likewise for sessions, each in a transaction of its own, claimed so that one instance looks at it at a
 * time. Returns how many this instance looked at: those that another has in hand are left to it.
 */
export async function sweepSessions(
  database: Database,
  configuration: Configuration,
  most: number,
): Promise<number> {
  let looked = 0;
  for (const session of await listDueSessions(database, most)) {
    const isOurs = await database.transaction(async (tx) => {
      if (!(await claimSession(tx, session.sessionId))) return false;
      const isOver = await endSession(tx, configuration, session, undefined, origin);
      if (!isOver) await scheduleSession(tx, configuration, session.sessionId);
      return true;
    });
    if (isOurs) looked += 1;
  }
  return looked;
}

async function scheduleSession(
  tx: Queryable,
  configuration: Configuration,
  sessionId: string,
): Promise<void> {
  const loaded = await findSessionById(tx, sessionId);
  if (!loaded?.facts) return;
  const limits = sessionLimits(configuration, loaded.facts, loaded.roles);
  const life = evaluateSession(loaded.facts, limits, loaded.now);
  if (!life.over) await scheduleChecks(tx, 'sessions', [{ id: sessionId, at: life.idleEndAt }]);
}
