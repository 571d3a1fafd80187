import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { readCopiedField, readCopiedLines } from '../../src/store/copied_lines.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

describe('rows that are copied out within a transaction', () => {
  let test: TestDatabase;
  let database: Database;
  before(async () => {
    test = await createTestDatabase();
    database = openDatabase({
      url: test.serverUrl,
      size: 1,
      prepared: true,
      answerTimeout: 200,
      onError: () => undefined,
    });
  });
  after(async () => {
    await database.end();
    await test.drop();
  });

  async function read(tx: Transaction, query: string): Promise<(string | null)[][]> {
    const rows: (string | null)[][] = [];
    await readCopiedLines(tx.copyOut(query), (line) => rows.push(line.split('\t').map(readCopiedField)));
    return rows;
  }
  const answers = async (tx: Pick<Database, 'query'>) =>
    await tx.query<{ one: number }>({ name: 'one', text: 'select 1 as one' });

  it('say what a query says, and leave the connection to others', async () => {
    await database.transaction(async (tx) => {
      assert.deepEqual(await read(tx, `values (1, E'a\\tb\\\\c\\nd'), (2, null), (3, 'č')`), [
        ['1', 'a\tb\\c\nd'],
        ['2', null],
        ['3', 'č'],
      ]);
      assert.deepEqual(await answers(tx), [{ one: 1 }]);
    });
  });

  it('take longer than an answer may, to their end', async () => {
    await database.transaction(async (tx) => {
      const rows = await read(tx, 'select n, pg_sleep(0.1) from generate_series(1, 5) n');
      assert.equal(rows.length, 5);
      assert.deepEqual(await answers(tx), [{ one: 1 }]);
    });
  });

  it('fail as the query does, and nothing waits for the rest', async () => {
    await assert.rejects(
      database.transaction((tx) => read(tx, 'select 1 / (n - 50000) from generate_series(1, 100000) n')),
      /division by zero/,
    );
    assert.deepEqual(await answers(database), [{ one: 1 }]);
  });

  it('are given up with the transaction by who stops before their end', async () => {
    await assert.rejects(
      database.transaction(async (tx) => {
        await readCopiedLines(tx.copyOut('select * from generate_series(1, 10000000)'), () => {
          throw new Error('enough');
        });
      }),
      /enough/,
    );
    assert.deepEqual(await answers(database), [{ one: 1 }]);
    assert.deepEqual(database.pool(), { total: 1, idle: 1, waiting: 0 });
  });
});
