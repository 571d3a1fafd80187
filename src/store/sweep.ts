import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import { listOpenFamilies } from './families.ts';
import type { OpenFamily } from './families.ts';
import { listOpenSessionsById } from './sessions.ts';
import type { OpenSession } from './sessions.ts';

/** What a sweep looks at, read under locks, and the moment and configuration to judge it by. */
export interface DueWork {
  now: Instant;
  configurationVersion: number;
  families: OpenFamily[];
  sessions: OpenSession[];
}

/** Lock families that are due for a look, and the sessions they are bound to. Waits for nobody. */
export async function lockDueFamilies(tx: Queryable, most: number): Promise<DueWork | undefined> {
  const due = await tx.query<LockedFamily>(
    {
      name: 'sweep_families',
      text: `select family_id, session_id, bound from families
             where ended_at is null and check_at <= (select curfew_now())
             order by check_at limit $1 for no key update skip locked`,
    },
    [most],
  );
  if (due.length === 0) return undefined;
  const sessionIds = due.filter(({ bound }) => bound).map((row) => row.session_id);
  const locked = await tx.query<{ session_id: string }>(
    {
      name: 'sweep_families_sessions',
      text: `select session_id from sessions where session_id = any($1) for no key update skip locked`,
    },
    [sessionIds],
  );
  const clock = await readSweepClock(tx);
  const familyIds = due.map((row) => row.family_id);
  const isFree = freeOf(sessionIds, locked);
  const families = await listOpenFamilies(tx, { familyIds });
  return {
    ...clock,
    families: families.filter(({ family, session }) => !family.bound || !session || isFree(family.sessionId)),
    sessions: [],
  };
}

/**
 * Lock sessions that are due for a look and the families bound to them. A session with a family that
 * somebody else holds is left out. Waits for nobody, so that its many locks hold up no other.
 */
export async function lockDueSessions(tx: Queryable, most: number): Promise<DueWork | undefined> {
  const due = await tx.query<{ session_id: string }>(
    {
      name: 'sweep_sessions',
      text: `select session_id from sessions
             where ended_at is null and account_id is not null and check_at <= (select curfew_now())
             order by check_at limit $1 for no key update skip locked`,
    },
    [most],
  );
  if (due.length === 0) return undefined;
  const sessionIds = due.map((row) => row.session_id);
  const locked = await tx.query<LockedFamily>(
    {
      name: 'sweep_sessions_families',
      text: `select family_id, session_id, bound from families
             where session_id = any($1) and bound and ended_at is null for no key update skip locked`,
    },
    [sessionIds],
  );
  const clock = await readSweepClock(tx);
  const bound = await listOpenFamilies(tx, { boundTo: sessionIds });
  const held = new Set(locked.map((row) => row.family_id));
  const busy = new Set(
    bound.filter(({ family }) => !held.has(family.familyId)).map(({ family }) => family.sessionId),
  );
  const sessions = await listOpenSessionsById(tx, sessionIds);
  return {
    ...clock,
    families: bound.filter(({ family }) => !busy.has(family.sessionId)),
    sessions: sessions.filter(({ session }) => !busy.has(session.sessionId)),
  };
}

interface LockedFamily {
  family_id: string;
  session_id: string;
  bound: boolean;
}

/** Of the sessions asked for, those that were locked are free, and so are those that do not exist. */
function freeOf(
  asked: readonly string[],
  locked: readonly { session_id: string }[],
): (sessionId: string) => boolean {
  const held = new Set(locked.map((row) => row.session_id));
  const busy = new Set(asked.filter((sessionId) => !held.has(sessionId)));
  return (sessionId) => !busy.has(sessionId);
}

async function readSweepClock(tx: Queryable): Promise<{ now: Instant; configurationVersion: number }> {
  const [row] = await tx.query<{ now: number; configurationVersion: number }>({
    name: 'sweep_clock',
    text: `select to_micros(curfew_now()) as now, version::float8 as "configurationVersion"
           from configuration_state`,
  });
  if (!row) throw new Error('The configuration row is missing.');
  return row;
}

/** Look again at these moments. */
export async function scheduleChecks(
  tx: Queryable,
  table: 'families' | 'sessions',
  checks: readonly { id: string; at: Instant }[],
): Promise<void> {
  if (checks.length === 0) return;
  const [column, type] = table === 'families' ? ['family_id', 'uuid'] : ['session_id', 'text'];
  await tx.query(
    {
      name: `sweep_schedule_${table}`,
      text: `update ${table} t set check_at = from_micros(c.at)
             from unnest($1::${type}[], $2::float8[]) as c (id, at) where t.${column} = c.id and t.ended_at is null`,
    },
    [checks.map(({ id }) => id), checks.map(({ at }) => at)],
  );
}

/** Look at everything open of an account in the next sweep: its limits may have become shorter. */
export async function scheduleAccountChecks(tx: Queryable, accountId: string): Promise<void> {
  for (const table of ['families', 'sessions'] as const) {
    await tx.query(
      {
        name: `sweep_account_${table}`,
        text: `update ${table} set check_at = '-infinity'
               where ended_at is null and check_at > '-infinity' and account_id = $1`,
      },
      [accountId],
    );
  }
}

/** Look at a session and at what is bound to it in the next sweep. Families first: the order of all locks. */
export async function scheduleSessionChecks(tx: Queryable, sessionId: string): Promise<void> {
  for (const [table, condition] of [
    ['families', 'and bound'],
    ['sessions', ''],
  ]) {
    await tx.query(
      {
        name: `sweep_session_${table}`,
        text: `update ${table} set check_at = '-infinity'
               where session_id = $1 and ended_at is null and check_at > '-infinity' ${condition}`,
      },
      [sessionId],
    );
  }
}
