import assert from 'node:assert/strict';
import { measureOutbox, sampleLiveSessions } from '../../src/store/samples.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql } from '../support/sql.ts';

describe('what is sampled for metrics', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await sql(test.database, `insert into accounts (account_id, username) values ('a', 'a'), ('b', 'b')`);
    await sql(test.database, `insert into account_roles (account_id, role) values ('a', 'y'), ('a', 'x')`);
  });
  after(() => test.drop());

  const addSessions = (account: string, count: number, ended: string) =>
    sql(
      test.database,
      `insert into sessions (session_id, cookie_hash, account_id, client_ids, payload, started_at, last_activity_at,
         ended_at, end_reason)
       select $1 || $2 || '-' || n || $3, sha256(($1 || $2 || '-' || n || $3)::bytea), $1, '{shop}', jsonb_build_object('pad', repeat('x', 900)),
         curfew_now(), curfew_now(), case when $3 <> '' then curfew_now() end, nullif($3, '')
       from generate_series(1, $2) n`,
      account,
      count,
      ended,
    );

  it('are live sessions, exactly in a small table, by the roles of their account and their clients', async () => {
    await addSessions('a', 3, '');
    await addSessions('b', 2, '');
    await addSessions('b', 4, 'signed_out');
    const groups = await sampleLiveSessions(test.database);
    assert.deepEqual(
      groups.toSorted((one, other) => other.count - one.count),
      [
        { roles: ['x', 'y'], clientIds: ['shop'], count: 3 },
        { roles: [], clientIds: ['shop'], count: 2 },
      ],
    );
  });

  it('are estimated in a large table, of which a bounded part is read', async () => {
    await addSessions('a', 6000, '');
    const groups = await sampleLiveSessions(test.database);
    const count = groups.find(({ roles }) => roles.length > 0)?.count ?? 0;
    // A third of some 800 pages, all alike: far within this.
    assert.ok(count > 4000 && count < 8000, `${count} of 6003`);
  });

  it('is how much waits in the outbox, for how long, and what is given up', async () => {
    await sql(test.database, `insert into notice_receivers (receiver) values ('r')`);
    await sql(
      test.database,
      `insert into notices (kind, receiver, payload, queued_at, dead_at) values
         ('logout', 'r', '{}', curfew_now() - interval '1 hour', null), ('logout', 'r', '{}', curfew_now(), null),
         ('logout', 'r', '{}', curfew_now() - interval '1 day', curfew_now())`,
    );
    const { waiting, oldestSeconds, undeliverable } = await measureOutbox(test.database);
    assert.deepEqual([waiting, undeliverable], [2, 1]);
    assert.ok(oldestSeconds >= 3600 && oldestSeconds < 4000, String(oldestSeconds));
  });
});
