import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { asAdmin } from './database.ts';

export interface SharedDatabase {
  /** As the cluster's superuser. */
  url: string;
  database: Database;
  drop(): Promise<void>;
}

/** An empty database, whose clock is the real one, for several processes. Drop it in `after`. */
export async function createSharedDatabase(): Promise<SharedDatabase> {
  const name = `shared_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name}`);
  const url = (process.env.TEST_POSTGRES_ADMIN_URL ?? '').replace('/postgres?', `/${name}?`);
  const database = openDatabase({ url, size: 4, prepared: true, onError: () => undefined });
  return {
    url,
    database,
    async drop() {
      await database.end();
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}
