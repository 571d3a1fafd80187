import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import { listOpenFamilies } from './families.ts';
import type { OpenFamily } from './families.ts';

/** Lock families that are due for a look, and the sessions they are bound to; what others hold is left to them. */
export async function lockDueFamilies(tx: Queryable, most: number): Promise<OpenFamily[]> {
  const due = await tx.query<{ family_id: string; session_id: string; bound: boolean }>(
    {
      name: 'sweep_families',
      text: `select family_id, session_id, bound from families
             where ended_at is null and check_at <= curfew_now()
             order by check_at limit $1 for no key update skip locked`,
    },
    [most],
  );
  if (due.length === 0) return [];
  await tx.query(
    {
      name: 'sweep_family_sessions',
      text: `select from sessions where session_id = any($1) order by session_id for no key update`,
    },
    [due.filter(({ bound }) => bound).map(({ session_id: sessionId }) => sessionId)],
  );
  return await listOpenFamilies(tx, { familyIds: due.map(({ family_id: familyId }) => familyId) });
}

export async function listDueSessions(
  db: Queryable,
  most: number,
): Promise<{ sessionId: string; accountId: string }[]> {
  return await db.query(
    {
      name: 'sweep_sessions',
      text: `select session_id as "sessionId", account_id as "accountId" from sessions
             where ended_at is null and account_id is not null and check_at <= curfew_now()
             order by check_at limit $1`,
    },
    [most],
  );
}

/** Take a session's look for this transaction; false when another instance has it. */
export async function claimSession(tx: Queryable, sessionId: string): Promise<boolean> {
  const [row] = await tx.query<{ claimed: boolean }>(
    {
      name: 'sweep_claim',
      text: `select pg_try_advisory_xact_lock(hashtext('sweep'), hashtext($1)) as claimed`,
    },
    [sessionId],
  );
  return row?.claimed ?? false;
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

/** Look at everything open in the next sweep: limits may have become shorter. Of one account, or of all. */
export async function scheduleAllChecks(tx: Queryable, accountId?: string): Promise<void> {
  for (const table of ['families', 'sessions'] as const) {
    await tx.query(
      {
        name: `sweep_all_${table}_${accountId ? 'account' : 'any'}`,
        text: `update ${table} set check_at = '-infinity'
               where ended_at is null and check_at > '-infinity' ${accountId ? 'and account_id = $1' : ''}`,
      },
      accountId ? [accountId] : [],
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
