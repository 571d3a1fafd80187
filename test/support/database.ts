import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { dumpRows } from './dump_rows.ts';
import { findSecrets } from './find_secrets.ts';
import { countSecrets, listSecrets } from './issued_secrets.ts';

export interface TestDatabase {
  name: string;
  /** As the server's own role. */
  database: Database;
  serverUrl: string;
  ownerUrl: string;
  /** Rejects where a secret that was issued meanwhile stands in it, whole or encoded. */
  drop(): Promise<void>;
}

/** The next database, in the making while a test runs with the one before. */
let next: Promise<string> | undefined;

async function cloneTemplate(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name} template template strategy file_copy owner curfew_owner`);
  return name;
}

/** A database of its own, cloned from the template. Drop it in `after`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const issuedBefore = countSecrets();
  const taken = next ?? cloneTemplate();
  next = cloneTemplate();
  // Whoever takes it is told.
  next.catch(() => undefined);
  const name = await taken;
  const url = (role: 'OWNER' | 'SERVER') =>
    environment(`TEST_POSTGRES_${role}_URL`).replace('DATABASE', name);
  const database = openDatabase({ url: url('SERVER'), size: 20, prepared: true, onError: () => undefined });
  return {
    name,
    database,
    serverUrl: url('SERVER'),
    ownerUrl: url('OWNER'),
    async drop() {
      await database.end();
      const secrets = listSecrets(issuedBefore);
      const found = secrets.length > 0 ? findSecrets(await dumpRows(url('OWNER')), secrets) : [];
      await asAdmin(`drop database ${name} with (force)`);
      if (found.length > 0) throw new Error(`The database has secrets in it: ${found.join(', ')}.`);
    },
  };
}

/** Run one statement as the cluster's superuser. */
export async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: environment('TEST_POSTGRES_ADMIN_URL') });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with npm test.`);
  return value;
}
