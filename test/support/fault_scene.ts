import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import { ownerRole, prepareDatabase, serverRole } from '../../src/dev/prepare_database.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { startDatabaseRelay } from './database_relay.ts';
import type { DatabaseRelay } from './database_relay.ts';
import { endProcesses } from './process_curfew.ts';
import { prepareInstances } from './process_instances.ts';
import type { Instance } from './process_instances.ts';
import { sql } from './sql.ts';

/** Two servers, and a durable PostgreSQL behind a relay: everything that faults can happen to. */
export interface FaultScene {
  issuer: string;
  /** Of the servers, base64. */
  secret: string;
  /** Where the servers answer, at this moment. */
  origins: readonly string[];
  relay: DatabaseRelay;
  /** As the superuser, and past the relay. */
  database: Database;
  /** Stop PostgreSQL at once, without a checkpoint or a word to anybody, and start it again. */
  restartDatabase(): Promise<void>;
  /** SIGKILL to one of the servers; another takes its place. */
  killServer(origin: string): Promise<void>;
  /** Resolves when the server that takes the place of the next one has started. */
  waitForSpare(): Promise<void>;
  remove(): Promise<void>;
}

/** Milliseconds, shorter than in production so that rounds are. */
export const statementTimeout = 1500;
const deadlockTimeout = 300;
/** Connections that each server may have: fewer than there are clients. */
const poolSize = 2;

export async function prepareFaultScene(): Promise<FaultScene> {
  const directory = await mkdtemp(path.join(tmpdir(), 'curfew-faults-'));
  const start = () => startEmbeddedPostgres({ dataDirectory: directory, durable: true });
  let postgres = await start();
  await prepareDatabase(postgres, 'curfew');
  const database = openDatabase({
    url: postgres.connectionUrl('postgres', 'curfew'),
    size: 4,
    prepared: true,
    onError: () => undefined,
  });
  for (const [name, value] of Object.entries({
    statement_timeout: statementTimeout,
    deadlock_timeout: deadlockTimeout,
  }))
    await sql(database, `alter role ${serverRole} set ${name} = ${value}`);
  const direct = postgres.connectionUrl(serverRole, 'curfew');
  const relay = await startDatabaseRelay(direct);
  const instances = await prepareInstances(relay.urlOf(direct));
  const startServer = () =>
    instances.start({
      CURFEW_MIGRATE_DATABASE_URL: postgres.connectionUrl(ownerRole, 'curfew'),
      CURFEW_DATABASE_POOL: String(poolSize),
    });
  const serving = new Map<string, Instance>();
  const origins: string[] = [];
  const serve = (instance: Instance) => {
    serving.set(instance.origin, instance);
    origins.push(instance.origin);
  };
  // The others would wait longer than a statement may while the first one makes the keys.
  serve(await startServer());
  let spare = startServer();
  serve(await startServer());

  return {
    issuer: instances.issuer,
    secret: instances.secret,
    origins,
    relay,
    database,
    async restartDatabase() {
      const pidFile = path.join(directory, 'postgres', 'postmaster.pid');
      process.kill(Number.parseInt(readFileSync(pidFile, 'utf8'), 10), 'SIGQUIT');
      await postgres.stop();
      postgres = await start();
    },
    async killServer(origin) {
      const victim = serving.get(origin);
      victim?.signal('SIGKILL');
      origins.splice(origins.indexOf(origin), 1, (await spare).origin);
      serving.set((await spare).origin, await spare);
      spare = startServer();
      await victim?.ended;
    },
    waitForSpare: async () => void (await spare),
    async remove() {
      await spare.catch(() => undefined);
      await endProcesses();
      await instances.remove();
      await relay.close();
      await database.end();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
