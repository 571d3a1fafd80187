import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { rollUpUsage } from '../../src/jobs/roll_up_usage.ts';
import { renderUsageText } from '../../src/reports/describe_usage.ts';
import { reportUsage } from '../../src/reports/report_usage.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';

const day = 86_400;
const minute = 60;
const begin = 10 * day;
const secret = Buffer.alloc(32, 7);

describe('rollUpUsage', () => {
  let test: OperationTest;
  let seal: () => Promise<number>;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await test.clock.set(begin + 5 * day);
    seal = createSealer(test.database, createSecretsAtRest([secret]));
  });
  afterEach(() => test.drop());

  const moment = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();

  interface About {
    account?: string;
    family?: string;
  }
  async function record(name: string, at: number, about: About, detail: object = {}): Promise<void> {
    await sql(
      test.database,
      `insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, detail)
       values ($1, $2, $3, 'shop', 's1', $4, $5)`,
      moment(at),
      name,
      about.account ?? 'ada',
      about.family ?? null,
      JSON.stringify(detail),
    );
  }
  const start = (at: number, about: About) =>
    record('code.exchanged', at, about, { bound: false, active_at: moment(at), scopes: [], resources: [] });
  const end = (at: number, about: About, rest: object = {}) =>
    record('family.ended', at + 1, about, {
      reason: 'idle_timeout',
      ended_at: moment(at),
      limit: 1800,
      policy: 'member',
      policy_version: 1,
      ...rest,
    });

  /** Half an hour of work, an end by the limit, and a sign-in ten minutes after it. */
  async function interrupt(about: About, at = begin): Promise<void> {
    await record('account.created', at, about, { roles: ['member'] });
    await start(at, about);
    await record('refresh.granted', at + 10 * minute, about);
    await record('refresh.granted', at + 30 * minute, about);
    await end(at + 60 * minute, about);
    await record('sign_in.succeeded', at + 70 * minute, about);
  }

  const listDays = async (measures: readonly string[]) =>
    await sql<{ measure: string; count: number; seconds: number }>(
      test.database,
      `select measure, sum(count)::int as count, sum(seconds) as seconds from usage_days
       where measure = any($1) group by measure order by measure`,
      measures,
    );
  const all = ['span', 'gap', 'end', 'back', 'return', 'gone', 'tail'];
  const interrupted = [
    { measure: 'back', count: 1, seconds: 600 },
    { measure: 'end', count: 1, seconds: 1800 },
    { measure: 'gap', count: 2, seconds: 1800 },
    { measure: 'return', count: 1, seconds: 2400 },
    { measure: 'span', count: 1, seconds: 3600 },
  ];

  it('counts activity, the end by a limit, and the way back', async () => {
    await interrupt({ family: randomUUID() });
    await seal();
    await rollUpUsage(test.database);
    assert.deepEqual(await listDays(all), interrupted);
  });

  it('counts each event once: at a second run, in parts, and by several instances at once', async () => {
    const family = randomUUID();
    await record('account.created', begin, {}, { roles: ['member'] });
    await start(begin, { family });
    await record('refresh.granted', begin + 10 * minute, { family });
    await seal();
    await rollUpUsage(test.database);
    await record('refresh.granted', begin + 30 * minute, { family });
    await end(begin + 60 * minute, { family });
    await record('sign_in.succeeded', begin + 70 * minute, {});
    await seal();
    await Promise.all([1, 2, 3, 4].map(() => rollUpUsage(test.database)));
    await rollUpUsage(test.database);
    assert.deepEqual(await listDays(all), interrupted);
  });

  it('does not see what is not sealed', async () => {
    await interrupt({ family: randomUUID() });
    await rollUpUsage(test.database);
    assert.deepEqual(await listDays(all), []);
  });

  it('takes whom no sign-in followed within a day as gone, and keeps nothing of them', async () => {
    const family = randomUUID();
    await record('account.created', begin, {}, { roles: ['member'] });
    await start(begin, { family });
    await end(begin + 30 * minute, { family });
    await seal();
    await rollUpUsage(test.database);
    assert.deepEqual(await listDays(['gone', 'return']), [{ measure: 'gone', count: 1, seconds: 1800 }]);
  });

  it('names neither account, session nor family in what it keeps, and forgets who is erased', async () => {
    const family = randomUUID();
    await sql(test.database, `insert into accounts (account_id, username) values ('ada', 'ada')`);
    await start(begin, { family });
    await seal();
    await rollUpUsage(test.database);
    const kept = await sql<{ row: string }>(
      test.database,
      'select to_jsonb(p)::text as row from usage_people p',
    );
    assert.equal(kept.length, 1);
    for (const name of ['"ada"', '"s1"', family]) assert.ok(!kept[0]?.row.includes(name), name);
    await sql(test.database, `update accounts set deleted_at = curfew_now() where account_id = 'ada'`);
    await sql(test.database, `select audit_erase('ada')`);
    await seal();
    await rollUpUsage(test.database);
    assert.deepEqual(await sql(test.database, 'select from usage_people'), []);
  });

  it('gives the report that calls a limit too strict', async () => {
    for (let at = 0; at < 60; at += 1) {
      await interrupt({ account: `a${at}`, family: randomUUID() }, begin + at * minute);
    }
    await seal();
    await rollUpUsage(test.database);
    const report = await reportUsage(test.database, { since: 30 * day, by: 'role', weight: 4 });
    const [row] = report.rows;
    assert.deepEqual(
      [report.rows.length, row?.policy, row?.key, row?.spans, row?.openHours, row?.verdict],
      [1, 'member', 'member', 60, 60, 'too_strict'],
    );
    const suggested = row?.suggested?.limit ?? 0;
    assert.ok(suggested >= 40 * minute * 0.955 && suggested <= 40 * minute * 1.045 + minute, `${suggested}`);
    assert.match(
      renderUsageText(report),
      /member v1 {2}refresh_idle 30m {2}role member {2}60 families: too strict; /,
    );
  });

  it('finds people by what stands for them without reading through all', async () => {
    const plan = await test.database.transaction(async (tx) => {
      await tx.query({ name: 'test_no_scan', text: 'set local enable_seqscan = off' });
      return await tx.query<{ 'QUERY PLAN': string }>({
        name: 'test_explain',
        text: "explain select account_id from audit_subjects where pseudonym = '00000000-0000-0000-0000-000000000000'",
      });
    });
    assert.doesNotMatch(plan.map((line) => line['QUERY PLAN']).join('\n'), /Seq Scan/);
  });
});
