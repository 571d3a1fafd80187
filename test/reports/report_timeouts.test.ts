import assert from 'node:assert/strict';
import { renderTimeoutsText } from '../../src/reports/describe_timeouts.ts';
import { reportTimeouts } from '../../src/reports/report_timeouts.ts';
import type { UsageKey } from '../../src/store/usage_days.ts';
import { rollUpUsage } from '../../src/jobs/roll_up_usage.ts';
import { deleteOldUsage } from '../../src/store/usage_rollup.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { storeUsage } from '../support/usage_counts.ts';

const day = 86_400;
const app = { of: 'family', field: 'refresh_idle', limit: 1800, clientId: 'shop' } as const;

describe('reportTimeouts', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await test.clock.set(40 * day);
  });
  afterEach(() => test.drop());

  const report = (by: UsageKey = 'policy', since = 30 * day, within = 900) =>
    reportTimeouts(test.database, { since, within, by });
  const told = async (by?: UsageKey) =>
    (await report(by)).rows.map(({ policy, policyVersion, reason, key, premature, ends }) =>
      [policy, policyVersion, reason, key, `${premature}/${ends}`].join(' '),
    );

  it('counts ends whose account is back for the same client within the time', async () => {
    await storeUsage(test.database, app, [
      ['end', 1800, 5],
      ['back', 0, 1],
      ['back', 900, 1],
      ['back', 901, 1],
      ['back', 5000, 1],
    ]);
    assert.deepEqual(await told(), ['member 1 idle_timeout  2/5']);
    const [row] = (await report('policy', 30 * day, 3600)).rows;
    assert.deepEqual([row?.premature, row?.ends], [3, 5]);
  });

  it('takes any other time up to the next that the roll-ups tell apart, and says so', async () => {
    assert.equal((await report('policy', day, 300)).within, 305);
    assert.equal((await report('policy', day, 86_400)).within, 86_400);
  });

  it('leaves out what is older than asked, and counts the first day whole', async () => {
    await storeUsage(test.database, app, [['end', 1800, 7]], 31);
    assert.match(renderTimeoutsText(await report()), /\nThere were none\.\n$/);
    await storeUsage(test.database, app, [['end', 1800, 2]], 30);
    assert.deepEqual(await told(), ['member 1 idle_timeout  0/2']);
    await storeUsage(test.database, app, [['end', 1800, 4]], 3);
    assert.deepEqual(await told(), ['member 1 idle_timeout  0/6']);
    assert.deepEqual((await report('policy', 7 * day)).rows[0]?.ends, 4);
  });

  it('says which ends befell a background, a second factor, or what ran by itself', async () => {
    await storeUsage(test.database, app, [
      ['end', 1800, 9],
      ['background', 600, 4],
      ['step_up', 60, 3],
      ['workflow', 40_000, 2],
    ]);
    const [row] = (await report()).rows;
    assert.deepEqual([row?.background, row?.stepUp, row?.workflow], [4, 3, 2]);
    assert.match(
      renderTimeoutsText(await report()),
      /\n {2}of them 4 while the app went on without its user; 3 beside a second factor; 2 of what ran by itself\n$/,
    );
  });

  it('tells policies in each version apart, and on request clients or roles', async () => {
    const ends = [['end', 1800, 1]] as const;
    await storeUsage(test.database, { ...app, roles: ['admin', 'member'] }, ends);
    await storeUsage(test.database, { ...app, policyVersion: 2, clientId: 'portal' }, ends);
    await storeUsage(test.database, { ...app, policy: 'admin', field: 'refresh_absolute', roles: [] }, ends);
    assert.deepEqual(await told(), [
      'admin 1 absolute_timeout  0/1',
      'member 1 idle_timeout  0/1',
      'member 2 idle_timeout  0/1',
    ]);
    assert.deepEqual(await told('client'), [
      'admin 1 absolute_timeout shop 0/1',
      'member 1 idle_timeout shop 0/1',
      'member 2 idle_timeout portal 0/1',
    ]);
    assert.deepEqual(await told('role'), [
      'admin 1 absolute_timeout  0/1',
      'member 1 idle_timeout admin 0/1',
      'member 1 idle_timeout member 0/1',
      'member 2 idle_timeout member 0/1',
    ]);
  });

  it('says the same of the recent days as of all, also after some were deleted', async () => {
    await storeUsage(
      test.database,
      app,
      [
        ['end', 1800, 3],
        ['back', 60, 2],
      ],
      2,
    );
    await storeUsage(
      test.database,
      app,
      [
        ['end', 1800, 5],
        ['back', 60, 4],
      ],
      12,
    );
    const [recent] = (await report('policy', 30 * day)).rows;
    const [all] = (await report('policy', 31 * day)).rows;
    assert.deepEqual(recent, all);
    await test.database.transaction((tx) => deleteOldUsage(tx, 10 * day));
    const [less] = (await report('policy', 30 * day)).rows;
    assert.deepEqual([less?.ends, less?.premature], [3, 2]);
    await rollUpUsage(test.database);
    const [renewed] = (await report('policy', 30 * day)).rows;
    assert.deepEqual(renewed, less);
  });

  it('says of any days what they add up to, whether they are read from their sums or one by one', async () => {
    for (let ago = 0; ago <= 50; ago += 1) {
      await storeUsage(
        test.database,
        app,
        [
          ['end', 1800, 1000 + ago],
          ['back', 60, ago + 1],
        ],
        ago,
      );
      await storeUsage(test.database, { policy: 'admin', roles: ['admin'] }, [['end', 3600, 1]], ago);
    }
    for (const by of ['policy', 'client', 'role'] as const)
      for (const days of [1, 14, 15, 16, 29, 30, 31, 45, 50]) {
        const { rows } = await report(by, days * day);
        const row = rows.find(({ policy }) => policy === 'member');
        let [ends, premature] = [0, 0];
        for (let ago = 0; ago <= days; ago += 1) [ends, premature] = [ends + 1000 + ago, premature + ago + 1];
        assert.deepEqual([row?.ends, row?.premature], [ends, premature], `${days} days by ${by}`);
        assert.deepEqual(rows.find(({ policy }) => policy === 'admin')?.ends, days + 1);
      }
  });

  it('names nothing that only fell on days that were not asked for', async () => {
    await storeUsage(
      test.database,
      app,
      [
        ['end', 1800, 5],
        ['back', 60, 5],
      ],
      28,
    );
    await storeUsage(test.database, { policy: 'admin' }, [['end', 3600, 1]], 3);
    assert.deepEqual(
      (await report('policy', 25 * day)).rows.map(({ policy }) => policy),
      ['admin'],
    );
  });

  it('says the same of the recent days when others have come since', async () => {
    await storeUsage(test.database, app, [['end', 1800, 3]], 30);
    await storeUsage(test.database, { ...app, clientId: 'portal' }, [['end', 1800, 8]], 29);
    for (const [days, ends] of [
      [0, [3, 8]],
      [1, [0, 8]],
      [5, [0, 0]],
    ] as const) {
      await test.clock.set((40 + days) * day);
      await rollUpUsage(test.database);
      const { rows } = await report('client');
      assert.deepEqual(
        ['shop', 'portal'].map((client) => rows.find(({ key }) => key === client)?.ends ?? 0),
        ends,
      );
      const [sum] = (await report()).rows;
      assert.equal(sum?.ends ?? 0, ends[0] + ends[1]);
    }
  });

  describe('suggests', () => {
    /** So many are back after three minutes, and one in the last minute. */
    const interrupt = (count: number) =>
      storeUsage(test.database, app, [
        ['end', 1800, count],
        ['back', 180, count - 1],
        ['back', 890, 1],
      ]);

    it('the limit that would have avoided 95 of 100, in whole minutes', async () => {
      await interrupt(20);
      const [row] = (await report()).rows;
      assert.deepEqual([row?.premature, row?.suggested], [20, 2040]);
      assert.match(
        renderTimeoutsText(await report()),
        /\nmember v1 {2}idle_timeout 30m {2}20 of 20 families too early, 100 % \(84 % to 100 %\); 34m would have avoided 95 %\n$/,
      );
    });

    it('nothing of too few', async () => {
      await interrupt(19);
      const [row] = (await report()).rows;
      assert.deepEqual([row?.premature, row?.suggested], [19, undefined]);
      assert.match(renderTimeoutsText(await report()), /; too few to suggest a limit\n$/);
    });

    it('nothing that a baseline of the policy forbids', async () => {
      await interrupt(20);
      const { policies } = exampleConfiguration();
      const claim = async (...baselines: string[]) => {
        await test.apply({ policies: new Map([...policies, ['member', { limits: {}, baselines }]]) });
        const [row] = (await report()).rows;
        return [row?.suggested, row?.cappedBy];
      };
      assert.deepEqual(await claim('nist-63b4-aal2'), [2040, undefined]);
      assert.deepEqual(await claim('nist-63b4-aal2', 'nist-63b3-aal2'), [1800, 'nist-63b3-aal2']);
    });
  });
});
