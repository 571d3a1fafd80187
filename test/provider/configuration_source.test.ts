import assert from 'node:assert/strict';
import { createConfigurationSource } from '../../src/provider/configuration_source.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql } from '../support/sql.ts';

describe('the configuration kept in memory', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
  });
  after(() => test.drop());

  it('is what a transaction sees while nobody changed it, and no longer', async () => {
    const source = await createConfigurationSource(test.database);
    await test.database.transaction(async (tx) => {
      assert.equal(await source.within(tx), source.current());
      await sql(tx, "insert into roles (name) values ('guard')");
      await sql(tx, 'update configuration_state set version = version + 1');
      const changed = await source.within(tx);
      assert.ok(changed.roles.has('guard'));
      assert.equal(changed.version, source.current().version + 1);
    });
    assert.ok((await test.database.transaction((tx) => source.within(tx))).roles.has('guard'));
    assert.ok(!source.current().roles.has('guard'), 'asked for nothing newer yet');
  });
});
