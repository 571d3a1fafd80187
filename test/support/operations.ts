import type { Database } from '../../src/store/database.ts';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import type { AppliedConfiguration } from '../../src/operations/apply_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { LoadedConfiguration } from '../../src/store/configuration.ts';
import { createTestDatabase } from './database.ts';
import { exampleConfiguration } from './example_configuration.ts';
import { freezeClock } from './frozen_clock.ts';
import type { FrozenClock } from './frozen_clock.ts';
import { sql } from './sql.ts';

export interface OperationTest {
  database: Database;
  clock: FrozenClock;
  /** The example configuration, with an account for nobody. */
  configuration: LoadedConfiguration;
  apply(desired: DesiredConfiguration): Promise<AppliedConfiguration>;
  drop(): Promise<void>;
}

/** A database with the example configuration and a clock that stands. Drop it in `after`. */
export async function prepareOperationTest(): Promise<OperationTest> {
  const test = await createTestDatabase();
  const { database } = test;
  const clock = await freezeClock(test);
  const apply = (desired: DesiredConfiguration) =>
    database.transaction((tx) => applyConfiguration(tx, desired, { origin: { actor: 'test' } }));
  await apply({ ...exampleConfiguration(), users: undefined });
  const configuration = await loadConfiguration(database);
  return { database, clock, configuration, apply, drop: () => test.drop() };
}

export interface AccountEvent {
  name: string;
  /** The session or family it is about. */
  of: string | null;
  detail: Record<string, unknown>;
}

/** The trail of one account, oldest first. */
export async function listAccountEvents(database: Database, accountId: string): Promise<AccountEvent[]> {
  return await sql<AccountEvent>(
    database,
    `select name, coalesce(family_id::text, session_id) as of, detail
     from audit_events where account_id = $1 order by event_id`,
    accountId,
  );
}
