import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../config/environment.ts';
import { holdsData } from '../dev/backup/holds_data.ts';
import { readBackup } from '../dev/backup/read_backup.ts';
import { restoreDatabase } from '../dev/backup/restore_database.ts';
import type { RestoreReport } from '../dev/backup/restore_database.ts';
import { writeBackup } from '../dev/backup/write_backup.ts';
import type { BackupSummary } from '../dev/backup/write_backup.ts';
import { findDevelopmentSecret, readDevelopmentSecret } from '../dev/demo.ts';
import { findRunningPostgres, startEmbeddedPostgres } from '../dev/embedded_postgres.ts';
import { ownerRole, prepareDatabase, serverRole } from '../dev/prepare_database.ts';
import { Problem } from '../domain/problems.ts';
import { openPool } from './open_pool.ts';
import type { OpenDatabase } from './open_pool.ts';

/** The name of the database in the embedded cluster. */
const embeddedDatabase = 'curfew';

/** The embedded database for one command: that of a running `curfew dev`, else started for it. */
export async function openEmbeddedDatabase(environment: Environment): Promise<OpenDatabase> {
  const running = await findRunningPostgres(environment.dataDirectory);
  if (running) return openRunning(environment, running);
  return await startEmbeddedDatabase(environment);
}

/** Start it, made where missing, with every migration. Throws where another process holds it. */
export async function startEmbeddedDatabase(environment: Environment): Promise<OpenDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDirectory: environment.dataDirectory });
  await prepareDatabase(postgres, embeddedDatabase);
  return openRunning(environment, postgres);
}

/** Likewise, as it is: nothing is made or migrated. undefined where there never was one. */
export async function openExistingDatabase(environment: Environment): Promise<OpenDatabase | undefined> {
  const { dataDirectory } = environment;
  const running = await findRunningPostgres(dataDirectory);
  if (running) return openRunning(environment, running);
  if (!existsSync(path.join(dataDirectory, 'postgres', 'PG_VERSION'))) return undefined;
  return openRunning(environment, await startEmbeddedPostgres({ dataDirectory }));
}

/** Write a backup of the embedded database, which `curfew dev` may be using. Throws Problem `database_unreachable` where there is none. */
export async function backUpEmbedded(environment: Environment, file: string): Promise<BackupSummary> {
  const opened = await openExistingDatabase(environment);
  if (!opened) {
    const message = `There is no database in ${environment.dataDirectory}: set CURFEW_DATA_DIR.`;
    throw new Problem('database_unreachable', message);
  }
  try {
    return await writeBackup(opened.ownerUrl, file);
  } finally {
    await opened.close();
  }
}

/** Let a backup become the embedded database, which no `curfew dev` may be using. Throws Problem `database_used`. */
export async function restoreEmbedded(
  { dataDirectory }: Environment,
  file: string,
  { secrets, force }: { secrets: readonly Buffer[]; force: boolean },
): Promise<RestoreReport> {
  const backup = await readBackup(file);
  try {
    const postgres = await startEmbeddedPostgres({ dataDirectory });
    try {
      if ((await holdsData(postgres, embeddedDatabase)) && !force) {
        const message = `The database in ${dataDirectory} is in use: --force puts the backup in its place.`;
        throw new Problem('database_used', message);
      }
      return await restoreDatabase(postgres, embeddedDatabase, backup, secrets);
    } finally {
      await postgres.stop();
    }
  } finally {
    backup.close();
  }
}

/** Where there is one; none is made. */
export function findEmbeddedSecret({ dataDirectory }: Environment): Buffer | undefined {
  return findDevelopmentSecret(dataDirectory);
}

/** The secret of a `curfew dev` that none was given. */
export function readEmbeddedSecret({ dataDirectory }: Environment): Buffer {
  return readDevelopmentSecret(dataDirectory);
}

interface RunningPostgres {
  connectionUrl(user: string, database: string): string;
  stop(): Promise<void>;
}

function openRunning(environment: Environment, postgres: RunningPostgres): OpenDatabase {
  const database = openPool(environment, postgres.connectionUrl(serverRole, embeddedDatabase));
  return {
    database,
    ownerUrl: postgres.connectionUrl(ownerRole, embeddedDatabase),
    async close() {
      await database.end();
      await postgres.stop();
    },
  };
}
