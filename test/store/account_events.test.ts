import assert from 'node:assert/strict';
import { listAccountEvents } from '../../src/store/account_events.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe('the events of an account', () => {
  let test: TestDatabase;

  beforeEach(async () => {
    test = await createTestDatabase();
  });
  afterEach(() => test.drop());

  const plant = async (name: string, account: string | null, count = 1) =>
    await sql(
      test.database,
      `insert into audit_events (name, account_id) select $1, $2 from generate_series(1, $3::integer)`,
      name,
      account,
      count,
    );
  const list = async (page: { before?: string; most: number }) =>
    await listAccountEvents(test.database, 'ada', page);
  const indexBytes = async () =>
    (
      await sqlOne<{ bytes: number }>(
        test.database,
        `select sum(pg_relation_size(relid))::float8 as bytes from pg_partition_tree('audit_events_account')`,
      )
    ).bytes;

  it('are its own, the newest first, without refreshes, page by page', async () => {
    for (const name of ['account.created', 'refresh.granted', 'sign_in.succeeded', 'session.ended'])
      for (const account of ['ada', 'grace']) await plant(name, account);
    const [first, second] = await list({ most: 2 });
    assert.deepEqual([first?.name, second?.name], ['session.ended', 'sign_in.succeeded']);
    const rest = await list({ before: second?.eventId ?? '', most: 10 });
    assert.deepEqual(
      rest.map(({ name }) => name),
      ['account.created'],
    );
  });

  it('cost refreshes and events of nobody no entry of the index', async () => {
    const before = await indexBytes();
    await plant('refresh.granted', 'ada', 3000);
    await plant('refresh.refused', 'ada', 3000);
    await plant('configuration.applied', null, 3000);
    assert.equal(await indexBytes(), before);
    await plant('session.ended', 'ada', 3000);
    assert.ok((await indexBytes()) > before);
  });

  it('are found along the index, in the partition of every month', async () => {
    await sql(test.database, `select audit_partition_ensure(curfew_now() + interval '40 days')`);
    await plant('session.ended', 'grace', 3000);
    const plan = await sql<{ 'QUERY PLAN': string }>(
      test.database,
      `explain (costs off) select * from audit_events
       where account_id = 'ada' and name not like 'refresh.%' and event_id < 'ffffffff-ffff-ffff-ffff-ffffffffffff'
       order by event_id desc limit 51`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    assert.doesNotMatch(text, /Seq Scan/);
    assert.match(text, /Index Scan Backward using audit_events_\w*account_id/);
  });

  it('know the browser of a sign-in by the session that it began', async () => {
    await sql(test.database, `insert into accounts (account_id, username) values ('ada', 'ada')`);
    await sql(
      test.database,
      `insert into sessions (session_id, cookie_hash, account_id, payload, last_activity_at, user_agent, address)
       values ('s1', 'a', 'ada', '{}', curfew_now(), 'Firefox', '203.0.113.7')`,
    );
    await plant('sign_in.succeeded', 'ada');
    await plant('mfa.passed', 'ada');
    await sql(
      test.database,
      `insert into audit_events (name, account_id, session_id) values ('session.started', 'ada', 's1')`,
    );
    await plant('sign_in.succeeded', 'ada');
    const events = await list({ most: 10 });
    assert.deepEqual(
      events.map(({ name, userAgent, sessionAddress }) => [name, userAgent, sessionAddress]),
      [
        ['sign_in.succeeded', null, null],
        ['session.started', 'Firefox', '203.0.113.7'],
        ['mfa.passed', null, null],
        ['sign_in.succeeded', 'Firefox', '203.0.113.7'],
      ],
    );
  });
});
