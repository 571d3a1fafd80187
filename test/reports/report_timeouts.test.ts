import assert from 'node:assert/strict';
import { renderTimeoutsText } from '../../src/reports/describe_timeouts.ts';
import { reportTimeouts } from '../../src/reports/report_timeouts.ts';
import type { TimeoutKey } from '../../src/store/trail_timeouts.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';

const day = 86_400;

describe('reportTimeouts', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await test.clock.set(40 * day);
  });
  afterEach(() => test.drop());

  interface Told {
    account?: string;
    client?: string;
    reason?: string;
    policy?: string;
    version?: number;
    /** Seconds after the clock's beginning. */
    at?: number;
    foundLate?: number;
  }

  const moment = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
  const record = (name: string, at: number, { account = 'ada', client = 'shop' }: Told, detail: object) =>
    sql(
      test.database,
      `insert into audit_events (occurred_at, name, account_id, client_id, detail) values ($1, $2, $3, $4, $5)`,
      moment(at),
      name,
      account,
      client,
      JSON.stringify(detail),
    );

  /** A family that its limit of half an hour ended at `at`. */
  async function end({ at = 39 * day, foundLate = 2, ...told }: Told = {}): Promise<void> {
    const { reason = 'idle_timeout', policy = 'member', version = 1 } = told;
    const rule = { reason, limit: 1800, policy, policy_version: version };
    await record('family.ended', at + foundLate, told, { ...rule, ended_at: moment(at) });
  }
  const signIn = (at: number, told: Told = {}) => record('sign_in.succeeded', at, told, {});

  const report = (by: TimeoutKey = 'policy', since = 30 * day, within = 900) =>
    reportTimeouts(test.database, { since, within, by });
  const told = async (by?: TimeoutKey) =>
    (await report(by)).rows.map(({ policy, policyVersion, reason, key, premature, ends }) =>
      [policy, policyVersion, reason, key, `${premature}/${ends}`].join(' '),
    );

  it('counts ends whose account is back for the same client within the time, by the moment of the limit', async () => {
    const at = 39 * day;
    const cases: [account: string, client: string, back: number][] = [
      ['at the very moment', 'shop', at],
      ['at the last moment', 'shop', at + 900],
      ['a second too late', 'shop', at + 901],
      ['before', 'shop', at - 1],
      ['for another client', 'portal', at + 10],
    ];
    for (const [account, client, back] of cases) {
      await end({ account });
      await signIn(back, { account, client });
    }
    assert.deepEqual(await told(), ['member 1 idle_timeout  2/5']);
  });

  it('leaves out other ends, and what is older than asked', async () => {
    await end({ reason: 'signed_out' });
    await record('session.ended', 39 * day, {}, { reason: 'idle_timeout', ended_at: moment(39 * day) });
    await end({ at: 9 * day, foundLate: 0 });
    await signIn(9 * day + 1);
    assert.deepEqual(await told(), []);
    assert.match(renderTimeoutsText(await report()), /\nThere were none\.\n$/);
  });

  it('counts two sign-ins after an end once', async () => {
    await end();
    await signIn(39 * day + 10);
    await signIn(39 * day + 20);
    assert.deepEqual(await told(), ['member 1 idle_timeout  1/1']);
  });

  it('tells policies in each version apart, and on request clients or roles', async () => {
    await sql(test.database, `insert into accounts (account_id, username) values ('ada', 'ada')`);
    await sql(test.database, `insert into account_roles values ('ada', 'member'), ('ada', 'admin')`);
    await end();
    await end({ version: 2, client: 'portal' });
    await end({ policy: 'admin', account: 'gone', reason: 'absolute_timeout' });
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
      'member 2 idle_timeout admin 0/1',
      'member 2 idle_timeout member 0/1',
    ]);
  });

  describe('suggests', () => {
    /** So many are back after 10, 20, 30 … seconds, and one in the last minute. */
    async function interrupt(count: number): Promise<void> {
      for (let at = 1; at <= count; at += 1) {
        const account = `a${at}`;
        await end({ account });
        await signIn(39 * day + (at === count ? 890 : at * 10), { account });
      }
    }

    it('the limit that would have avoided 95 of 100, in whole minutes', async () => {
      await interrupt(20);
      const [row] = (await report()).rows;
      assert.deepEqual([row?.premature, row?.needed, row?.suggested], [20, 1990, 2040]);
      assert.match(
        renderTimeoutsText(await report()),
        /\nmember v1 {2}idle_timeout 30m {2}20 of 20 too early, 100 % \(84 % to 100 %\); 34m would have avoided 95 %\n$/,
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
