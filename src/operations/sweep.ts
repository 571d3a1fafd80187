import type { Configuration } from '../domain/configuration.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { evaluateSession } from '../policy/evaluate_lifetime.ts';
import { sessionLimits } from '../policy/subject_limits.ts';
import {
  beginWalking,
  claimOverdue,
  listWalks,
  lowerOverdueChecks,
  walkChecks,
} from '../store/check_walks.ts';
import type { Walk } from '../store/check_walks.ts';
import { sqlState } from '../store/database.ts';
import type { Database, Queryable } from '../store/database.ts';
import type { OpenSession } from '../store/sessions.ts';
import { lockDueFamilies, lockDueSessions, scheduleChecks } from '../store/sweep.ts';
import type { DueWork } from '../store/sweep.ts';
import { endFamilies, endSessions } from './end_access.ts';
import { limitsOfSwept } from './list_maybe_over.ts';
import { nextFamilyCheck } from './next_family_check.ts';

const origin: Origin = { actor: 'sweeper' };
const statementTimedOut = '57014';
/** What a crash takes back is over all the same, and found again: no commit here makes others wait for the disk. */
const foundAgain = { durable: false };

/** How many rows one page of a walk has: those that are lowered hold up their refreshes for some milliseconds. */
const walkedPage = 1000;

/** What was due in one turn: with `many` there may be more already. */
export type SweepTurn = 'nothing' | 'some' | 'many';

/**
 * One turn of the sweeper: look at a batch of sessions and at one of families, in turns so that neither waits
 * for all of the other's. Most often a session takes its families with it, which then need no look of their
 * own. Then, if that was all, walk on where limits have become shorter.
 */
export async function sweepOnce(
  database: Database,
  readConfiguration: () => Promise<Configuration>,
  most: number,
): Promise<SweepTurn> {
  const walks = await listWalks(database);
  for (const walk of walks)
    if (!walk.overdueFirst) await putOverdueFirst(database, await readConfiguration(), walk);
  const sessions = await sweepSessions(database, await readConfiguration(), most);
  const families = await sweepFamilies(database, await readConfiguration(), most);
  // What others hold is left out of a batch: a half-full one may have more behind it.
  if (Math.max(families, sessions) > most / 2) return 'many';
  let isFurther = false;
  for (const walk of walks)
    isFurther = (await walkOn(database, await readConfiguration(), walk)) || isFurther;
  if (isFurther) return 'many';
  return families + sessions > 0 ? 'some' : 'nothing';
}

/**
 * What a change has ended already comes first in line. One instance sees to it; where that takes longer than a
 * statement may, because so much is open, the walk comes to it page by page.
 */
async function putOverdueFirst(database: Database, configuration: Configuration, walk: Walk): Promise<void> {
  if (configuration.version < walk.configurationVersion) return;
  try {
    await database.transaction(async (tx) => {
      if (!(await claimOverdue(tx, walk))) return;
      await lowerOverdueChecks(tx, walk, limitsOfSwept(walk.table, configuration));
      // Last: until the end of the transaction, whoever changes the configuration waits for it.
      await beginWalking(tx, walk);
    }, foundAgain);
  } catch (error) {
    if (sqlState(error) !== statementTimedOut) throw error;
    await beginWalking(database, walk);
  }
}

async function walkOn(database: Database, configuration: Configuration, walk: Walk): Promise<boolean> {
  if (configuration.version < walk.configurationVersion) return false;
  const limits = limitsOfSwept(walk.table, configuration);
  return await database.transaction((tx) => walkChecks(tx, walk.table, walkedPage, limits), foundAgain);
}

/**
 * Look at one batch of families that are due: end those over a limit in force, and note when to look at
 * the others again. Returns how many were looked at: what another holds is left to it.
 */
export async function sweepFamilies(
  database: Database,
  configuration: Configuration,
  most: number,
): Promise<number> {
  return await database.transaction(async (tx) => {
    const due = await lockDueFamilies(tx, most);
    if (!due || due.configurationVersion !== configuration.version) return 0;
    await endFamilies(tx, configuration, due.families, { cause: undefined, now: due.now, origin });
    const alive = due.families.flatMap((open) => {
      const at = nextFamilyCheck(configuration, open, due.now);
      return at === undefined ? [] : [{ id: open.family.familyId, at }];
    });
    await scheduleChecks(tx, 'families', alive);
    return due.families.length;
  }, foundAgain);
}

/** Likewise for sessions: what is over ends with the families bound to it. */
export async function sweepSessions(
  database: Database,
  configuration: Configuration,
  most: number,
): Promise<number> {
  return await database.transaction(async (tx) => {
    const due = await lockDueSessions(tx, most);
    if (!due || due.configurationVersion !== configuration.version) return 0;
    await endDueSessions(tx, configuration, due);
    return due.sessions.length;
  }, foundAgain);
}

async function endDueSessions(tx: Queryable, configuration: Configuration, due: DueWork): Promise<void> {
  const checks = due.sessions.map((open) => ({
    id: open.session.sessionId,
    at: nextSessionCheck(configuration, open, due.now),
  }));
  const over = new Set(checks.filter(({ at }) => at === undefined).map(({ id }) => id));
  const ending = { cause: undefined, now: due.now, origin };
  const bound = due.families.filter(({ family }) => over.has(family.sessionId));
  await endFamilies(tx, configuration, bound, ending);
  const ended = due.sessions.filter(({ session }) => over.has(session.sessionId));
  await endSessions(tx, configuration, ended, ending);
  await scheduleChecks(
    tx,
    'sessions',
    checks.flatMap(({ id, at }) => (at === undefined ? [] : [{ id, at }])),
  );
}

function nextSessionCheck(
  configuration: Configuration,
  { session, roles }: OpenSession,
  now: Instant,
): Instant | undefined {
  const life = evaluateSession(session, sessionLimits(configuration, session, roles), now);
  return life.over ? undefined : life.idleEndAt;
}
