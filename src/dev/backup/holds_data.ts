import pg from 'pg';
import type { EmbeddedPostgres } from '../embedded_postgres.ts';
import { createDatabase, ownerRole } from '../prepare_database.ts';

/** Whether the database `name`, made where missing, holds anything that restoring a backup would remove. */
export async function holdsData(
  cluster: Pick<EmbeddedPostgres, 'connectionUrl'>,
  name: string,
): Promise<boolean> {
  await createDatabase(cluster, name);
  const owner = new pg.Client({ connectionString: cluster.connectionUrl(ownerRole, name) });
  await owner.connect();
  try {
    const { rows: tables } = await owner.query(`select where to_regclass('audit_events') is not null`);
    if (tables.length === 0) return false;
    const { rows } = await owner.query(
      'select where exists (select from accounts) or exists (select from audit_events)',
    );
    return rows.length > 0;
  } finally {
    await owner.end();
  }
}
