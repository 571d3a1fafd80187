import assert from 'node:assert/strict';
import { sweepOnce } from '../../src/operations/sweep.ts';
import { beginCheckWalks, listWalks } from '../../src/store/check_walks.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeFamily } from '../support/stored_facts.ts';

const day = 86_400;

describe('the sweeper, where so much is open that looking for what is over takes too long', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
  });
  afterEach(() => test.drop());

  /** In which one statement never ends in time. */
  function timingOut({ ...database }: Database, name: string): Database {
    const slow = (tx: Transaction): Transaction => ({
      ...tx,
      query: async (statement, values) => {
        if (statement.name.startsWith(name))
          throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
        return await tx.query(statement, values);
      },
    });
    return {
      ...database,
      transaction: (work, options) => database.transaction((tx) => work(slow(tx)), options),
    };
  }

  it('walks to it page by page, and ends meanwhile what is due', async () => {
    const accountId = await storeAccount(test.database, ['member']);
    const family = { accountId, sessionId: 'gone', bound: false, startedAgo: 20 * day, activeAgo: 10 * day };
    await storeFamily(test.database, family);
    await sql(test.database, "update families set check_at = curfew_now() + interval '10 hours'");
    await beginCheckWalks(test.database);
    const slow = timingOut(test.database, 'check_walks_over');
    const configuration = await loadConfiguration(test.database);
    for (let turns = 0; (await listWalks(test.database)).length > 0; turns += 1) {
      assert.ok(turns < 10, 'the walk ends');
      await sweepOnce(slow, () => Promise.resolve(configuration), 10);
    }
    await sweepOnce(slow, () => Promise.resolve(configuration), 10);
    const [row] = await sql<{ open: number }>(
      test.database,
      'select count(*)::int as open from families where ended_at is null',
    );
    assert.equal(row?.open, 0);
  });
});
