import assert from 'node:assert/strict';
import { isOutage, isOutcomeUnknown, openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { asAdmin, createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startDatabaseRelay } from '../support/database_relay.ts';
import type { DatabaseRelay } from '../support/database_relay.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe('a transaction whose backend is ended', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
  });
  after(() => test.drop());

  const moments: [when: string, text: string | undefined][] = [
    ['between two statements', undefined],
    ['during a statement', 'select pg_terminate_backend(pg_backend_pid())'],
  ];
  for (const [when, text] of moments) {
    it(`${when} is an outage, which the process outlives`, async () => {
      const single = openDatabase({ url: test.serverUrl, size: 1, prepared: true, onError: () => undefined });
      const work = single.transaction(async (tx) => {
        const { pid } = await sqlOne<{ pid: number }>(tx, 'select pg_backend_pid() as pid');
        if (text === undefined) {
          await asAdmin(`select pg_terminate_backend(${pid}, 5000)`);
          await sql(test.database, 'select 1');
        }
        await sql(tx, text ?? 'select 1');
      });
      await assert.rejects(work, (error) => isOutage(error));
      await sql(single, 'select 1');
      await single.end();
    });
  }
});

describe('a statement whose answer never comes', () => {
  let test: TestDatabase;
  let relay: DatabaseRelay;
  let database: Database;

  before(async () => {
    test = await createTestDatabase();
    relay = await startDatabaseRelay(test.serverUrl);
    database = openDatabase({
      url: relay.urlOf(test.serverUrl),
      size: 1,
      prepared: true,
      answerTimeout: 3000,
      onError: () => undefined,
    });
    await sql(database, 'select 1');
  });
  after(async () => {
    await database.end();
    await relay.close();
    await test.drop();
  });

  const works: [where: string, work: () => Promise<unknown>][] = [
    ['alone', () => sql(database, 'select 2')],
    ['in a transaction', () => database.transaction((tx) => sql(tx, 'select 2'))],
  ];
  for (const [where, work] of works) {
    it(`is an outage, ${where}, after which the pool has its connection again`, async () => {
      const goOn = relay.holdAnswers();
      let rollsBack = false;
      void relay.catchNext('rollback').then(() => (rollsBack = true));
      await assert.rejects(work(), (error) => isOutage(error) && isOutcomeUnknown(error));
      assert.ok(!rollsBack, 'it is given up once, not once more for the rollback');
      goOn();
      await sql(database, 'select 1');
    });
  }
});
