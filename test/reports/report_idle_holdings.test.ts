import assert from 'node:assert/strict';
import { renderIdleHoldingsText } from '../../src/reports/describe_idle_holdings.ts';
import { reportIdleHoldings } from '../../src/reports/report_idle_holdings.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

describe('what idle sessions hold', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
    await test.clock.set(10 * 86_400);
  });
  after(() => test.drop());

  it('is told by policy: from half of the limit on, rows and bytes of sessions, families and tokens', async () => {
    const { database } = test;
    const member = await storeAccount(database, ['member']);
    const other = await storeAccount(database);
    for (const activeAgo of [0, 1740, 1800, 3000]) {
      const sessionId = await storeSession(database, { accountId: member, startedAgo: 3100, activeAgo });
      await storeFamily(database, { accountId: member, sessionId, bound: true });
      await storeFamily(database, { accountId: member, sessionId, bound: false });
    }
    const ended = await storeSession(database, { accountId: member, activeAgo: 3000, startedAgo: 3100 });
    await sql(
      database,
      `update sessions set ended_at = curfew_now(), end_reason = 'signed_out' where session_id = $1`,
      ended,
    );
    await storeSession(database, { accountId: other, startedAgo: 100 });
    const [first, second, ...rest] = await reportIdleHoldings(database);
    assert.deepEqual(rest, []);
    const { bytes } = await sqlOne<{ bytes: number }>(
      database,
      `select ((select sum(pg_column_size(s.*)) from sessions s
                where s.ended_at is null and s.last_activity_at <= curfew_now() - interval '30 minutes')
         + (select sum(pg_column_size(f.*) + pg_column_size(t.*)) from families f
            join refresh_tokens t using (family_id) join sessions s on s.session_id = f.session_id
            where f.bound and s.ended_at is null and s.last_activity_at <= curfew_now() - interval '30 minutes'))::float8 as bytes`,
    );
    assert.ok(first && Math.abs(first.bytes / bytes - 1) < 0.01, `${first?.bytes} instead of ${bytes}`);
    assert.deepEqual(
      { ...first, bytes: 0 },
      { policy: 'member', limit: 3600, sessions: 4, idle: 2, rows: 6, bytes: 0 },
    );
    assert.deepEqual(second, { policy: 'default', limit: 900, sessions: 1, idle: 0, rows: 0, bytes: 0 });
  });

  it('is estimated for large tables, within a third', async () => {
    const { database } = test;
    const accountId = await storeAccount(database, ['admin']);
    await sql(
      database,
      `insert into sessions (session_id, cookie_hash, account_id, payload, started_at, last_activity_at)
       select 'large-' || n, sha256(('large-' || n)::bytea), $1, jsonb_build_object('pad', repeat('x', 700)), curfew_now(),
         curfew_now() - case when n % 2 = 0 then interval '50 minutes' else interval '0' end
       from generate_series(1, 6000) n`,
      accountId,
    );
    const found = (await reportIdleHoldings(database)).find(({ policy }) => policy === 'admin');
    const isNear = (value: number | undefined, truth: number) =>
      assert.ok(Math.abs((value ?? 0) / truth - 1) < 1 / 3, `${value} instead of ${truth}`);
    isNear(found?.sessions, 6000);
    isNear(found?.idle, 3000);
    isNear(found?.rows, 3000);
  });

  it('is a line a policy, and none where nothing is live', () => {
    const line = { policy: 'member', limit: 1800, sessions: 400, idle: 120, rows: 950, bytes: 410_000 };
    assert.equal(
      renderIdleHoldingsText([line, { ...line, policy: 'till', bytes: 12 }]),
      `Unused now for more than half of their idle limit, and what is kept for them:
member  session_idle 30m  120 of 400 sessions: 950 rows, 410.0 kB
till  session_idle 30m  120 of 400 sessions: 950 rows, 12 bytes
`,
    );
    assert.equal(renderIdleHoldingsText([]), '');
  });
});
