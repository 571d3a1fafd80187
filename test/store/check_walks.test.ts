import assert from 'node:assert/strict';
import {
  beginCheckWalks,
  beginWalking,
  claimOverdue,
  listDue,
  listOverdue,
  listWalks,
  lowerOverdueChecks,
  walkChecks,
} from '../../src/store/check_walks.ts';
import type { Swept, Walk } from '../../src/store/check_walks.ts';
import type { SweptLimits } from '../../src/domain/swept_limits.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const hour = 3600;
/** What nothing brings a policy to has these limits. */
const byDefault = (idle: number, absolute: number): SweptLimits => ({
  roles: {},
  clients: {},
  resources: {},
  scopes: {},
  fallback: [idle, absolute],
});

describe('the walk through what is open when limits became shorter', () => {
  let test: TestDatabase;
  let accountId: string;
  /** The limits in force. */
  let inForce: SweptLimits;

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
  const listDueFamilies = async () => (await listDue(test.database, 'families')).flat().toSorted();
  const isWalked = async (table: Swept) =>
    (await listWalks(test.database)).every((walk) => walk.table !== table);
  const listOver = async (table: Swept, limits: SweptLimits) => {
    const ids: string[] = [];
    for await (const overdue of listOverdue(test.database, table, limits))
      ids.push(...overdue.map(({ id }) => id));
    return ids.toSorted();
  };
  /** What a new configuration does. */
  async function changeLimits<Limits extends SweptLimits>(limits: Limits): Promise<Limits> {
    await sql(test.database, 'update configuration_state set version = version + 1');
    await beginCheckWalks(test.database);
    return limits;
  }
  /** Likewise, and somebody has seen already to what is over. */
  async function beginWalks(limits: SweptLimits): Promise<void> {
    inForce = await changeLimits(limits);
    await sql(test.database, 'update check_walks set overdue_first = true');
  }
  async function lowerOverdue(limits: SweptLimits): Promise<void> {
    inForce = limits;
    const walks = await listWalks(test.database);
    for (const walk of walks.filter(({ table }) => table === 'families')) await lower(walk, limits);
  }
  const lower = async (walk: Walk, limits: SweptLimits) =>
    await test.database.transaction(async (tx) => {
      if (!(await claimOverdue(tx, walk))) return;
      await lowerOverdueChecks(tx, walk, limits);
      await beginWalking(tx, walk);
    });
  const walkOn = async (table: Swept, most: number) =>
    await test.database.transaction((tx) => walkChecks(tx, table, most, inForce));

  it('makes due what may be over, and nothing else', async () => {
    const [recent = '', idle = ''] = await storeChecked(hour / 2, 2 * hour);
    await beginWalks(byDefault(hour, 12 * hour));
    assert.equal(await isWalked('families'), false);
    assert.deepEqual(await listDueFamilies(), [], 'nobody waits for it');
    await walkOn('families', 10);
    assert.deepEqual(await listDueFamilies(), [idle]);
    assert.equal(await isWalked('families'), true);
    const [row] = await sql<{ seconds: number }>(
      test.database,
      'select extract(epoch from check_at - last_activity_at)::float8 as seconds from families where family_id = $1',
      recent,
    );
    assert.equal(row?.seconds, hour);
  });

  it('counts the absolute limit, too', async () => {
    const all = await storeChecked(1, 2);
    await beginWalks(byDefault(20 * hour, 9 * hour));
    await walkOn('families', 10);
    assert.deepEqual(await listDueFamilies(), all.toSorted());
  });

  it('goes page by page, and ends after one that is not full', async () => {
    const all = await storeChecked(...Array.from({ length: 5 }, () => 2 * hour));
    await beginWalks(byDefault(hour, 12 * hour));
    const due: number[] = [];
    while (!(await isWalked('families'))) {
      await walkOn('families', 2);
      due.push((await listDueFamilies()).length);
    }
    assert.deepEqual(due, [2, 4, 5]);
    assert.deepEqual(await listDueFamilies(), all.toSorted());
  });

  it('never puts a look off', async () => {
    await storeChecked(0);
    await sql(test.database, "update families set check_at = '-infinity'");
    await beginWalks(byDefault(hour, 12 * hour));
    await walkOn('families', 10);
    assert.equal((await listDueFamilies()).length, 1);
  });

  it('begins anew when limits change once more on the way', async () => {
    const all = await storeChecked(2 * hour, 2 * hour);
    await beginWalks(byDefault(3 * hour, 12 * hour));
    await walkOn('families', 1);
    await beginWalks(byDefault(hour, 12 * hour));
    for (let page = 0; page < 3; page += 1) await walkOn('families', 1);
    assert.deepEqual(await listDueFamilies(), all.toSorted());
    assert.equal(await isWalked('families'), true);
  });

  it('is done by one at a time, and leaves nothing out', async () => {
    const all = await storeChecked(...Array.from({ length: 40 }, () => 2 * hour));
    await beginWalks(byDefault(hour, 12 * hour));
    const walk = async () => {
      while (!(await isWalked('families'))) await walkOn('families', 3);
    };
    await Promise.all([walk(), walk(), walk()]);
    assert.deepEqual(await listDueFamilies(), all.toSorted());
  });

  it('comes at once to what is over already, wherever that stands, and once', async () => {
    const all = (await storeChecked(...Array.from({ length: 5 }, () => hour / 2), 2 * hour)).toSorted();
    const limits = await changeLimits(byDefault(hour, 12 * hour));
    await lowerOverdue(limits);
    const due = await listDueFamilies();
    assert.equal(due.length, 1);
    assert.ok(all.includes(due[0] ?? ''));
    await sql(test.database, "update families set check_at = curfew_now() + interval '10 hours'");
    await lowerOverdue(limits);
    assert.deepEqual(await listDueFamilies(), [], 'the walk finds what came later');
    await lowerOverdue(await changeLimits(byDefault(hour, 12 * hour)));
    assert.deepEqual(await listDueFamilies(), due, 'anew where limits change once more');
  });

  it('waits for nobody: it stops before what somebody holds, and comes back to it', async () => {
    const all = (await storeChecked(...Array.from({ length: 6 }, () => 2 * hour))).toSorted();
    await beginWalks(byDefault(hour, 12 * hour));
    await test.database.transaction(async (tx) => {
      const text = 'select from families where family_id = $1 for update';
      await tx.query({ name: 'test_hold_family', text }, [all[2]]);
      assert.equal(await walkOn('families', 10), true);
      assert.deepEqual(
        await listDueFamilies(),
        all.filter((id) => id !== all[2]),
        'what is free is lowered all the same',
      );
      assert.equal(await walkOn('families', 10), false, 'it stands before the third');
    });
    assert.equal(await walkOn('families', 10), true);
    assert.deepEqual(await listDueFamilies(), all);
    assert.equal(await isWalked('families'), true);
  });

  it('finds, by limits alone, what no walk has come to yet', async () => {
    const [, idle = ''] = await storeChecked(hour / 2, 2 * hour);
    assert.deepEqual(await listDueFamilies(), []);
    assert.deepEqual(await listOver('families', byDefault(hour, 12 * hour)), [idle]);
    assert.deepEqual(await listOver('families', byDefault(20 * hour, 9 * hour)).then((all) => all.length), 2);
  });

  it('goes by what roles, client, resources and scopes bring, the shortest of each', async () => {
    const guardId = await storeAccount(test.database, ['guard', 'visitor']);
    const idle = { bound: false, sessionId: 'gone', startedAgo: 9 * hour, activeAgo: 2 * hour };
    const lax = await storeFamily(test.database, { ...idle, accountId });
    const guard = await storeFamily(test.database, { ...idle, accountId: guardId });
    const mail = await storeFamily(test.database, { ...idle, accountId, clientId: 'mail' });
    const reader = await storeFamily(test.database, {
      ...idle,
      accountId,
      scopes: ['openid', 'reports.read'],
    });
    await sql(test.database, "update families set check_at = curfew_now() + interval '10 hours'");
    const over = (limits: Partial<SweptLimits>) =>
      listOver('families', { ...byDefault(3 * hour, 12 * hour), ...limits });
    assert.deepEqual(await over({}), []);
    assert.deepEqual(await over({ roles: { guard: [hour, null], visitor: [5 * hour, 24 * hour] } }), [
      guard.familyId,
    ]);
    assert.deepEqual(await over({ roles: { visitor: [null, 9 * hour] } }), [guard.familyId]);
    assert.deepEqual(await over({ clients: { mail: [hour, null], shop: [2.5 * hour, null] } }), [
      mail.familyId,
    ]);
    assert.deepEqual(await over({ scopes: { openid: [3 * hour, null], 'reports.read': [hour, null] } }), [
      reader.familyId,
    ]);
    const longer: Partial<SweptLimits> = { roles: { guard: [4 * hour, null] }, fallback: [hour, 12 * hour] };
    assert.deepEqual(
      await over(longer),
      [lax, mail, reader].map(({ familyId }) => familyId).toSorted(),
      'who has a longer one of their own has not the shorter default',
    );

    const limits = await changeLimits({ ...byDefault(3 * hour, 12 * hour), roles: { guard: [hour, null] } });
    await lowerOverdue(limits);
    assert.deepEqual(await listDueFamilies(), [guard.familyId]);
    await sql(test.database, "update families set check_at = curfew_now() + interval '10 hours'");
    await walkOn('families', 10);
    assert.deepEqual(await listDueFamilies(), [guard.familyId]);
    const [row] = await sql<{ seconds: number }>(
      test.database,
      'select extract(epoch from check_at - last_activity_at)::float8 as seconds from families where family_id = $1',
      lax.familyId,
    );
    assert.equal(row?.seconds, 3 * hour);
  });

  it('looks at all clients of a session', async () => {
    const stored = { accountId, startedAgo: 2 * hour };
    const both = await storeSession(test.database, { ...stored, clientIds: ['shop', 'mail'] });
    await storeSession(test.database, { ...stored, clientIds: ['shop'] });
    const limits = { ...byDefault(3 * hour, 12 * hour), clients: { mail: [hour, null] as const } };
    assert.deepEqual(await listOver('sessions', limits), [both]);
    await beginWalks(limits);
    await walkOn('sessions', 10);
    assert.equal(await isWalked('sessions'), true);
    await sql(test.database, 'delete from sessions');
  });

  it('puts what is over in line once, whoever else wants to', async () => {
    const [idle = ''] = await storeChecked(2 * hour);
    const limits = await changeLimits(byDefault(hour, 12 * hour));
    const walk = (await listWalks(test.database)).find(({ table }) => table === 'families');
    assert.ok(walk);
    await test.database.transaction(async (tx) => {
      assert.equal(await claimOverdue(tx, walk), true);
      await lower(walk, limits);
      assert.deepEqual(await listDueFamilies(), [], 'another has claimed it');
      await lowerOverdueChecks(tx, walk, limits);
      await beginWalking(tx, walk);
    });
    assert.deepEqual(await listDueFamilies(), [idle]);
    await test.database.transaction(async (tx) => assert.equal(await claimOverdue(tx, walk), false));
  });

  it('does not go before what is over already is in line, nor by the limits of an older configuration', async () => {
    await storeChecked(2 * hour);
    const stale = await changeLimits(byDefault(hour, 12 * hour));
    const [first, walk] = await listWalks(test.database);
    assert.deepEqual([first?.table, walk?.table], ['sessions', 'families']);
    assert.ok(walk);
    assert.equal(await walkOn('families', 10), false);
    const limits = await changeLimits(byDefault(3 * hour, 12 * hour));
    await lower(walk, stale);
    assert.deepEqual(await listDueFamilies(), [], 'the walk has begun anew since');
    await lowerOverdue(limits);
    assert.deepEqual(await listDueFamilies(), []);
    assert.equal(await walkOn('families', 10), true);
  });
});
