import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import knex from 'knex';
import type { Knex } from 'knex';
import { Problem } from '../domain/problems.ts';
import { sqlState } from './database.ts';

const migrationsDirectory = fileURLToPath(new URL('../../migrations/', import.meta.url));

interface SqlMigration {
  name: string;
  file: string;
}

/** The numbered SQL files, oldest first; names carry no extension, so that they mean the same compiled or not. */
export function listMigrations(directory = migrationsDirectory): SqlMigration[] {
  return readdirSync(directory)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .toSorted()
    .map((file) => ({ name: file.replace(/\.sql$/, ''), file: path.join(directory, file) }));
}

const buildSource = (only: readonly string[] | undefined): Knex.MigrationSource<SqlMigration> => ({
  getMigrations: () => Promise.resolve(listMigrations().filter(({ name }) => only?.includes(name) ?? true)),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) =>
    Promise.resolve({
      async up(trx: Knex) {
        await trx.raw(readFileSync(migration.file, 'utf8').replaceAll('?', '\\?'));
      },
      down: () => Promise.reject(new Error('Migrations only go forward.')),
    }),
});

/** One lock for all instances that migrate at once; any constant does. */
const migrationLock = 4_217_001;

/**
 * Apply what is missing, all in one transaction each, as the owner of the tables. Any number of
 * callers may run at once. `only`: no others than these, for a new database that becomes what an older one was.
 * Returns the names applied, none when the schema was current.
 */
export async function migrate(
  ownerUrl: string,
  { only }: { only?: readonly string[] } = {},
): Promise<string[]> {
  const database = knex({
    client: 'pg',
    connection: { connectionString: ownerUrl, application_name: 'curfew migrate' },
    pool: { min: 0, max: 2 },
  });
  try {
    return await database.transaction(async (lock) => {
      await lock.raw('select pg_advisory_xact_lock(?)', [migrationLock]);
      const [, applied] = (await database.migrate.latest({
        migrationSource: buildSource(only),
        tableName: 'schema_migrations',
        // A newer version may have been here, to which there is nothing to add.
        disableMigrationsListValidation: true,
      })) as [number, string[]];
      await database.raw('grant select on schema_migrations to curfew_server');
      return applied;
    });
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    const advice = 'Run this first, as a superuser: create role curfew_server nologin;';
    throw new Problem('database_role', `The role that migrates has not the rights it needs. ${advice}`, {
      cause: error,
    });
  } finally {
    await database.destroy();
  }
}
