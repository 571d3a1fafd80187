import type { Environment } from '../config/environment.ts';
import type { Database } from '../store/database.ts';
import { findMissingMigrations } from '../store/schema_state.ts';
import { Problem } from '../domain/problems.ts';
import { openPool } from './open_pool.ts';
import type { OpenDatabase } from './open_pool.ts';

/**
 * The database a command works on: `CURFEW_DATABASE_URL`, else the embedded one of the data directory,
 * which is started for as long as the command runs if no `curfew dev` runs it already.
 */
export async function openCommandDatabase(environment: Environment): Promise<OpenDatabase> {
  const { databaseUrl, migrateDatabaseUrl } = environment;
  if (databaseUrl) {
    const database = openPool(environment, databaseUrl);
    return { database, ownerUrl: migrateDatabaseUrl ?? databaseUrl, close: () => database.end() };
  }
  const { openEmbeddedDatabase } = await import('./embedded_database.ts');
  return await openEmbeddedDatabase(environment);
}

/** Run `work` on the command's database and close it whatever happens. Throws Problem `database_behind`. */
export async function withDatabase<Result>(
  environment: Environment,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const { database, close } = await openCommandDatabase(environment);
  try {
    const missing = await findMissingMigrations(database);
    if (missing.length > 0) {
      throw new Problem(
        'database_behind',
        `The database lacks ${missing.length} migrations: run curfew migrate.`,
      );
    }
    return await work(database);
  } finally {
    await close();
  }
}
