import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import type { EmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import { ownerRole, prepareDatabase, serverRole } from '../../src/dev/prepare_database.ts';
import { readPostgresCpu } from './postgres_cpu.ts';

/** A durable PostgreSQL of its own with a migrated database. */
export interface Cluster {
  directory: string;
  serverUrl: string;
  /** Run one statement as the owner of the tables. */
  asOwner<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Run statements as the superuser. */
  asAdmin<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** CPU milliseconds of all its processes so far. */
  cpu(): number;
}

const database = 'bench';

/** Run `work` on a new cluster in a temporary directory, which is gone afterwards. */
export async function withCluster<Result>(work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'curfew-bench-'));
  try {
    const postgres = await startEmbeddedPostgres({ dataDirectory: directory, durable: true });
    try {
      await prepareDatabase(postgres, database);
      return await work(describe(postgres, directory));
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describe(postgres: EmbeddedPostgres, directory: string): Cluster {
  const [pid] = readFileSync(join(directory, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const postmaster = Number(pid);
  const runAs = (role: string) =>
    async function run<Row extends object>(text: string, values?: unknown[]) {
      const client = new pg.Client({ connectionString: postgres.connectionUrl(role, database) });
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    };
  return {
    directory,
    serverUrl: postgres.connectionUrl(serverRole, database),
    cpu: () => readPostgresCpu(postmaster),
    asOwner: runAs(ownerRole),
    asAdmin: runAs('postgres'),
  };
}
