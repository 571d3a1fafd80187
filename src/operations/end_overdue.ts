import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { isWalked, listDue } from '../store/check_walks.ts';
import type { Swept } from '../store/check_walks.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenFamilies, lockOpenFamilies } from '../store/families.ts';
import { listOpenSessionsById, lockAccounts, lockOpenSessions, readNow } from '../store/sessions.ts';
import { endFamilies, endSessions, findFamilyEnd, findSessionEnd } from './end_access.ts';
import { listMaybeOver } from './list_maybe_over.ts';

/**
 * End every session and family that is over under `configuration`, the one in force: what must happen, in
 * the same transaction, before limits may become longer. Only what is over is locked. Mostly the sweepers
 * were here before, and nothing is left to do.
 */
export async function endOverdue(
  tx: Queryable,
  configuration: Configuration,
  origin: Origin,
): Promise<{ sessions: number; families: number }> {
  const isDueAll = await isWalked(tx);
  const listOver = async (table: Swept): Promise<Iterable<string[]> | AsyncIterable<string[]>> =>
    isDueAll ? await listDue(tx, table) : listMaybeOver(tx, table, configuration);
  const ended = { sessions: 0, families: 0 };
  for await (const familyIds of await listOver('families'))
    ended.families += await endOverdueFamilies(tx, configuration, familyIds, origin);
  for await (const sessionIds of await listOver('sessions')) {
    const { sessions, families } = await endOverdueSessions(tx, configuration, sessionIds, origin);
    ended.sessions += sessions;
    ended.families += families;
  }
  return ended;
}

async function endOverdueFamilies(
  tx: Queryable,
  configuration: Configuration,
  familyIds: readonly string[],
  origin: Origin,
): Promise<number> {
  const readAt = await readNow(tx);
  const open = await listOpenFamilies(tx, { familyIds });
  const over = open.filter((one) => findFamilyEnd(configuration, one, undefined, readAt));
  if (over.length === 0) return 0;
  await lockAccounts(
    tx,
    over.map(({ family }) => family.accountId),
  );
  const locked = await lockOpenFamilies(tx, { familyIds: over.map(({ family }) => family.familyId) });
  return await endFamilies(tx, configuration, locked, { cause: undefined, now: await readNow(tx), origin });
}

/** With what is bound to them and has become over since. */
async function endOverdueSessions(
  tx: Queryable,
  configuration: Configuration,
  sessionIds: readonly string[],
  origin: Origin,
): Promise<{ sessions: number; families: number }> {
  const readAt = await readNow(tx);
  const open = await listOpenSessionsById(tx, sessionIds);
  const over = open.filter((one) => findSessionEnd(configuration, one, undefined, readAt));
  if (over.length === 0) return { sessions: 0, families: 0 };
  await lockAccounts(
    tx,
    over.map(({ session }) => session.accountId),
  );
  const overIds = over.map(({ session }) => session.sessionId);
  const bound = await lockOpenFamilies(tx, { boundTo: overIds });
  const locked = await lockOpenSessions(tx, { sessionIds: overIds });
  const ending = { cause: undefined, now: await readNow(tx), origin };
  return {
    families: await endFamilies(tx, configuration, bound, ending),
    sessions: await endSessions(tx, configuration, locked, ending),
  };
}
