import type { Queryable } from './database.ts';
import { listMigrations } from './migrate.ts';

/** Migrations that this program has and the database lacks; undefined where there is no schema at all. */
export async function findMissingMigrations(db: Queryable): Promise<string[]> {
  const [table] = await db.query<{ present: boolean }>({
    name: 'schema_present',
    text: `select to_regclass('schema_migrations') is not null as present`,
  });
  const expected = listMigrations().map((migration) => migration.name);
  if (!table?.present) return expected;
  const rows = await db.query<{ name: string }>({
    name: 'schema_migrations',
    text: 'select name from schema_migrations',
  });
  const applied = new Set(rows.map((row) => row.name));
  return expected.filter((name) => !applied.has(name));
}

/** Migrations that the database has and this program lacks: a newer one has migrated. */
export async function findUnknownMigrations(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    {
      name: 'schema_migrations_unknown',
      text: 'select name from schema_migrations where name <> all($1) order by name',
    },
    [listMigrations().map((migration) => migration.name)],
  );
  return rows.map((row) => row.name);
}

/** true when the connected role owns one of the tables: more rights than a server may have. */
export async function ownsTables(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ owns: boolean }>({
    name: 'role_owns_tables',
    text: `select exists (
             select from pg_class c where c.relname = 'audit_events' and pg_has_role(current_user, c.relowner, 'usage')
           ) as owns`,
  });
  return row?.owns ?? false;
}

/**
 * The database's clock minus this process's, in milliseconds, as far as it is certain: the answer was read at
 * some moment between the question and its arrival, however long a pool or a slow database kept them apart.
 */
export async function measureClockSkew(db: Queryable): Promise<number> {
  const askedAt = Date.now();
  const [row] = await db.query<{ now: number }>({
    name: 'clock',
    text: 'select to_micros(curfew_now()) / 1000 as now',
  });
  const answeredAt = Date.now();
  const now = row?.now ?? answeredAt;
  return now < askedAt ? now - askedAt : Math.max(0, now - answeredAt);
}
