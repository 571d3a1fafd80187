import assert from 'node:assert/strict';
import {
  beginCheckWalks,
  listMaybeOver,
  listWalks,
  lowerOverdueChecks,
  walkChecks,
} from '../../src/store/check_walks.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeFamily } from '../support/stored_facts.ts';

const hour = 3600;

describe('the walk through what is open when limits became shorter', () => {
  let test: TestDatabase;
  let accountId: string;

  before(async () => {
    test = await createTestDatabase();
    accountId = await storeAccount(test.database);
  });
  after(() => test.drop());
  afterEach(async () => {
    await sql(test.database, 'delete from refresh_tokens');
    await sql(test.database, 'delete from families');
    await sql(test.database, 'delete from check_walks');
  });

  /** Families that were active so many seconds ago, all looked at and due in ten hours. */
  async function storeChecked(...activeAgo: number[]): Promise<string[]> {
    const familyIds: string[] = [];
    for (const ago of activeAgo) {
      const family = { accountId, sessionId: 'gone', bound: false, startedAgo: 9 * hour, activeAgo: ago };
      familyIds.push((await storeFamily(test.database, family)).familyId);
    }
    await sql(test.database, "update families set check_at = curfew_now() + interval '10 hours'");
    return familyIds;
  }
  const listDue = async () => (await listMaybeOver(test.database, 'families', undefined)).flat().toSorted();

  it('makes due what may be over, and nothing else', async () => {
    const [recent = '', idle = ''] = await storeChecked(hour / 2, 2 * hour);
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    assert.deepEqual(await listWalks(test.database), ['families', 'sessions']);
    assert.deepEqual(await listDue(), [], 'nobody waits for it');
    await walkChecks(test.database, 'families', 10);
    assert.deepEqual(await listDue(), [idle]);
    assert.deepEqual(await listWalks(test.database), ['sessions']);
    const [row] = await sql<{ seconds: number }>(
      test.database,
      'select extract(epoch from check_at - last_activity_at)::float8 as seconds from families where family_id = $1',
      recent,
    );
    assert.equal(row?.seconds, hour);
  });

  it('counts the absolute limit, too', async () => {
    const all = await storeChecked(1, 2);
    await beginCheckWalks(test.database, { idle: 20 * hour, absolute: 9 * hour });
    await walkChecks(test.database, 'families', 10);
    assert.deepEqual(await listDue(), all.toSorted());
  });

  it('goes page by page, and ends after one that is not full', async () => {
    const all = await storeChecked(...Array.from({ length: 5 }, () => 2 * hour));
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    const due: number[] = [];
    while ((await listWalks(test.database)).includes('families')) {
      await walkChecks(test.database, 'families', 2);
      due.push((await listDue()).length);
    }
    assert.deepEqual(due, [2, 4, 5]);
    assert.deepEqual(await listDue(), all.toSorted());
  });

  it('never puts a look off', async () => {
    await storeChecked(0);
    await sql(test.database, "update families set check_at = '-infinity'");
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    await walkChecks(test.database, 'families', 10);
    assert.equal((await listDue()).length, 1);
  });

  it('begins anew when limits change once more on the way', async () => {
    const all = await storeChecked(2 * hour, 2 * hour);
    await beginCheckWalks(test.database, { idle: 3 * hour, absolute: 12 * hour });
    await walkChecks(test.database, 'families', 1);
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    for (let page = 0; page < 3; page += 1) await walkChecks(test.database, 'families', 1);
    assert.deepEqual(await listDue(), all.toSorted());
    assert.deepEqual(await listWalks(test.database), ['sessions']);
  });

  it('is done by one at a time, and leaves nothing out', async () => {
    const all = await storeChecked(...Array.from({ length: 40 }, () => 2 * hour));
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    const walk = async () => {
      while ((await listWalks(test.database)).includes('families'))
        await walkChecks(test.database, 'families', 3);
    };
    await Promise.all([walk(), walk(), walk()]);
    assert.deepEqual(await listDue(), all.toSorted());
  });

  it('comes at once to what is over already, wherever that stands, and once', async () => {
    const all = (await storeChecked(...Array.from({ length: 5 }, () => hour / 2), 2 * hour)).toSorted();
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    await lowerOverdueChecks(test.database, 'families');
    const due = await listDue();
    assert.equal(due.length, 1);
    assert.ok(all.includes(due[0] ?? ''));
    await sql(test.database, "update families set check_at = curfew_now() + interval '10 hours'");
    await lowerOverdueChecks(test.database, 'families');
    assert.deepEqual(await listDue(), [], 'the walk finds what came later');
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    await lowerOverdueChecks(test.database, 'families');
    assert.deepEqual(await listDue(), due, 'anew where limits change once more');
  });

  it('waits for nobody: it stops before what somebody holds, and comes back to it', async () => {
    const all = (await storeChecked(...Array.from({ length: 6 }, () => 2 * hour))).toSorted();
    await beginCheckWalks(test.database, { idle: hour, absolute: 12 * hour });
    await test.database.transaction(async (tx) => {
      const text = 'select from families where family_id = $1 for update';
      await tx.query({ name: 'test_hold_family', text }, [all[2]]);
      assert.equal(await walkChecks(test.database, 'families', 10), true);
      assert.deepEqual(
        await listDue(),
        all.filter((id) => id !== all[2]),
        'what is free is lowered all the same',
      );
      assert.equal(await walkChecks(test.database, 'families', 10), false, 'it stands before the third');
    });
    assert.equal(await walkChecks(test.database, 'families', 10), true);
    assert.deepEqual(await listDue(), all);
    assert.deepEqual(await listWalks(test.database), ['sessions']);
  });

  it('finds, by limits alone, what no walk has come to yet', async () => {
    const [, idle = ''] = await storeChecked(hour / 2, 2 * hour);
    assert.deepEqual(await listDue(), []);
    assert.deepEqual(await listMaybeOver(test.database, 'families', { idle: hour, absolute: 12 * hour }), [
      [idle],
    ]);
  });
});
