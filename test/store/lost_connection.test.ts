import assert from 'node:assert/strict';
import { isOutage, openDatabase } from '../../src/store/database.ts';
import { asAdmin, createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
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
