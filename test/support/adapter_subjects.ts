import type { Context } from 'koa';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import type { Adapter } from 'oidc-provider';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createAdapter } from '../../src/provider/adapter/index.ts';
import { createConfigurationSource } from '../../src/provider/configuration_source.ts';
import { requestTransaction } from '../../src/provider/library_routes.ts';
import { createMovableClock } from './clock.ts';
import type { MovableClock } from './clock.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { testSecret } from './server.ts';
import { sql } from './sql.ts';
import { storeAccount } from './stored_facts.ts';

/** An adapter under the contract that the library has with all of them. */
export interface AdapterSubject {
  adapter(model: string): Adapter;
  /** Run `work` as one request: what it writes is there when this resolves. */
  request<Result>(work: () => Promise<Result>): Promise<Result>;
  /** An account that grants and sessions can be of. */
  accountId: string;
  /** What signing in adds to a session that was stored. */
  signIn(sessionId: string): Promise<void>;
  clock: Pick<MovableClock, 'advance'>;
  close(): Promise<void>;
}

export interface DatabaseSubject extends AdapterSubject {
  test: TestDatabase;
}

export async function createDatabaseSubject(): Promise<DatabaseSubject> {
  const test = await createTestDatabase();
  const { database } = test;
  const configurations = await createConfigurationSource(database);
  const clock = createMovableClock(database);
  const secrets = createSecretsAtRest([testSecret]);
  const adapter = createAdapter({ issuer: 'http://localhost', database, configurations, secrets });
  const inTransaction = requestTransaction(database, configurations);
  return {
    test,
    clock,
    adapter,
    accountId: await storeAccount(database),
    async request<Result>(work: () => Promise<Result>) {
      const results: Result[] = [];
      await inTransaction({ state: { origin: {} } } as Context, async () => {
        results.push(await work());
      });
      return results[0] as Result;
    },
    async signIn(sessionId) {
      await sql(database, 'update sessions set started_at = curfew_now() where session_id = $1', sessionId);
    },
    async close() {
      await clock.reset();
      await test.drop();
    },
  };
}

/** The library's own, in memory. Its clock is `Date`, which moves with that of the database `subject`. */
export function createMemorySubject(subject: AdapterSubject): AdapterSubject {
  return {
    clock: subject.clock,
    adapter: createMemoryAdapter(),
    accountId: 'an account',
    request: (work) => work(),
    signIn: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
