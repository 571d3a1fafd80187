import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { measureClockSkew } from '../../src/store/schema_state.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startDatabaseRelay } from '../support/database_relay.ts';
import type { DatabaseRelay } from '../support/database_relay.ts';
import { sql } from '../support/sql.ts';

/** Milliseconds: `Date` is whole ones. */
const tolerance = 1;

describe('the measured skew', () => {
  let test: TestDatabase;
  let relay: DatabaseRelay;
  let database: Database;

  before(async () => {
    test = await createTestDatabase();
    relay = await startDatabaseRelay(test.serverUrl);
    const url = relay.urlOf(test.serverUrl);
    database = openDatabase({ url, size: 1, prepared: true, onError: assert.fail });
    await measureClockSkew(database);
  });
  after(async () => {
    await database.end();
    await relay.close();
    await test.drop();
  });

  it('is none where the answer is late and the clocks agree', async () => {
    const goOn = relay.holdAnswers();
    const measured = measureClockSkew(database);
    await pause(400);
    goOn();
    assert.ok(Math.abs(await measured) <= tolerance, `${await measured}`);
  });

  it('is none where the question waits and the clocks agree', async () => {
    const waiting = sql(database, 'select pg_sleep(0.4)');
    const measured = await measureClockSkew(database);
    assert.ok(Math.abs(measured) <= tolerance, `${measured}`);
    await waiting;
  });

  for (const hours of [1, -1]) {
    it(`is what the clocks differ by for certain: ${hours} h`, async () => {
      await sql(test.database, `update test_clock set shift = make_interval(hours => $1)`, hours);
      const measured = await measureClockSkew(database);
      assert.ok(Math.abs(measured - hours * 3_600_000) < 60_000, `${measured}`);
    });
  }
});
