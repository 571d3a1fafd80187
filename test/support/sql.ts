import { createHash } from 'node:crypto';
import type { Queryable } from '../../src/store/database.ts';

/** Run a statement of a test's own; its name comes from its text, so that no two share one. */
export async function sql<Row = Record<string, unknown>>(
  db: Queryable,
  text: string,
  ...values: unknown[]
): Promise<Row[]> {
  const name = `test_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  return await db.query<Row>({ name, text }, values);
}

/** The only row of a statement that finds exactly one. */
export async function sqlOne<Row = Record<string, unknown>>(
  db: Queryable,
  text: string,
  ...values: unknown[]
): Promise<Row> {
  const rows = await sql<Row>(db, text, ...values);
  if (rows.length !== 1 || !rows[0]) throw new Error(`${rows.length} rows instead of one: ${text}`);
  return rows[0];
}

/** Wait until `count` connections to this database wait for a lock. */
export async function waitForLockWaiters(db: Queryable, count: number): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  while (performance.now() < giveUpAt) {
    const { waiting } = await sqlOne<{ waiting: number }>(
      db,
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting === count) return;
  }
  throw new Error(`There are never ${count} connections waiting for a lock.`);
}

/** Every row of every table, by table: what must be the same when nothing may have been written. */
export async function snapshot(db: Queryable): Promise<Record<string, unknown[]>> {
  const tables = await sql<{ name: string }>(
    db,
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p') and not relispartition and has_table_privilege(oid, 'select') order by relname`,
  );
  const content: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const rows = await sql<{ row: unknown }>(db, `select to_jsonb(t) as row from ${name} t order by 1`);
    content[name] = rows.map(({ row }) => row);
  }
  return content;
}
