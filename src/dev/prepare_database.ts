import pg from 'pg';
import { migrate } from '../store/migrate.ts';
import type { EmbeddedPostgres } from './embedded_postgres.ts';

/** The roles of the embedded cluster: one owns the tables, the other is all the server gets. */
export const ownerRole = 'curfew_owner';
export const serverRole = 'curfew';

/** Make the roles and the database where missing, and apply what migrations it lacks. Returns their names. */
export async function prepareDatabase(
  postgres: Pick<EmbeddedPostgres, 'connectionUrl'>,
  database: string,
): Promise<string[]> {
  await createDatabase(postgres, database);
  return await migrate(postgres.connectionUrl(ownerRole, database));
}

/** Make the roles and the database where missing, and leave it as it is. */
export async function createDatabase(
  postgres: Pick<EmbeddedPostgres, 'connectionUrl'>,
  database: string,
): Promise<void> {
  const admin = new pg.Client({ connectionString: postgres.connectionUrl('postgres', 'postgres') });
  await admin.connect();
  try {
    await createMissing(admin, 'pg_roles', 'rolname', ownerRole, `create role ${ownerRole} login createrole`);
    await createMissing(admin, 'pg_roles', 'rolname', 'curfew_server', 'create role curfew_server nologin');
    await createMissing(
      admin,
      'pg_roles',
      'rolname',
      serverRole,
      `create role ${serverRole} login in role curfew_server`,
    );
    await createMissing(
      admin,
      'pg_database',
      'datname',
      database,
      `create database ${database} owner ${ownerRole}`,
    );
  } finally {
    await admin.end();
  }
}

async function createMissing(
  admin: pg.Client,
  catalogue: string,
  column: string,
  name: string,
  statement: string,
) {
  const { rowCount } = await admin.query(`select from ${catalogue} where ${column} = $1`, [name]);
  if (rowCount === 0) await admin.query(statement);
}
