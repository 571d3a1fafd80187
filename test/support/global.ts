import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import type { EmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import { ownerRole, prepareDatabase } from '../../src/dev/prepare_database.ts';
import { watchServers } from './issued_secrets.ts';

watchServers();

let postgres: EmbeddedPostgres | undefined;
let directory: string | undefined;

/** One cluster a run; a template database whose clock can be moved, cloned by each test file. */
export async function mochaGlobalSetup(): Promise<void> {
  directory = await mkdtemp(path.join(tmpdir(), 'curfew-test-'));
  postgres = await startEmbeddedPostgres({ dataDirectory: directory, durable: false });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void mochaGlobalTeardown().then(() => process.exit(130)));
  await prepareDatabase(postgres, 'template');
  await makeClockMovable(postgres.connectionUrl(ownerRole, 'template'));
  process.env.TEST_POSTGRES_ADMIN_URL = postgres.connectionUrl('postgres', 'postgres');
  process.env.TEST_POSTGRES_OWNER_URL = postgres.connectionUrl(ownerRole, 'DATABASE');
  process.env.TEST_POSTGRES_SERVER_URL = postgres.connectionUrl('curfew', 'DATABASE');
}

export async function mochaGlobalTeardown(): Promise<void> {
  await postgres?.stop();
  if (directory) await rm(directory, { recursive: true, force: true });
}

/** The only lever on time there is: `curfew_now()` of the template adds an offset that tests set. */
async function makeClockMovable(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`
    create table test_clock (shift interval not null, stopped_at timestamptz);
    insert into test_clock values ('0');
    grant select, update on test_clock to curfew_server;
    create or replace function curfew_now() returns timestamptz language sql volatile
      as 'select coalesce(stopped_at, clock_timestamp()) + shift from test_clock';
  `);
  await owner.end();
}
