import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../../src/store/database.ts';
import { commitRefresh } from '../../src/store/families.ts';
import type { RefreshCommit } from '../../src/store/families.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock, frozenEpoch } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { buildRefreshCommit, storeRefreshSubject } from '../support/refresh_commits.ts';
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';

describe('refresh_commit writes', () => {
  let test: TestDatabase;
  let database: Database;
  let clock: FrozenClock;
  let subject: RefreshSubject;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
    clock = await freezeClock(test);
  });
  after(() => test.drop());
  beforeEach(async () => {
    await clock.set(0);
    subject = await storeRefreshSubject(database, { bound: true });
  });

  const commit = async (change: Partial<RefreshCommit> = {}) =>
    commitRefresh(database, await buildRefreshCommit(database, subject, change));
  const at = (seconds: number) => frozenEpoch + seconds * 1_000_000;

  it('the rotation, the successor, both activities, the access token and one event', async () => {
    await clock.set(100);
    const accessToken = { hash: randomBytes(32), payload: { scope: 'openid' }, expiresAt: at(400) };
    const successor = { hash: randomBytes(32), sealed: randomBytes(60), windowId: randomUUID() };
    const origin = { requestId: 'a request', address: '192.0.2.1' };
    const outcome = await commit({ successor, accessToken, ...origin, detail: { scopes: ['openid'] } });
    assert.deepEqual(outcome, {
      outcome: 'done',
      now: at(100),
      lastActivityAt: at(100),
      sessionLastActivityAt: at(100),
    });

    const tokens = await sql(
      database,
      `select token_hash, to_micros(issued_at) as issued, to_micros(rotated_at) as rotated, successor_hash,
         successor_sealed, window_id, inactive_for, retries
       from refresh_tokens where family_id = $1 order by issued_at`,
      subject.familyId,
    );
    const unused = { rotated: null, successor_hash: null, successor_sealed: null, window_id: null };
    assert.deepEqual(tokens, [
      {
        token_hash: subject.tokenHash,
        issued: at(0),
        rotated: at(100),
        successor_hash: successor.hash,
        successor_sealed: successor.sealed,
        window_id: successor.windowId,
        inactive_for: 0,
        retries: 0,
      },
      { token_hash: successor.hash, issued: at(100), ...unused, inactive_for: null, retries: 0 },
    ]);
    const activity = `select to_micros(f.last_activity_at) as family, to_micros(s.last_activity_at) as session
      from families f join sessions s using (session_id) where f.family_id = $1`;
    assert.deepEqual(await sqlOne(database, activity, subject.familyId), {
      family: at(100),
      session: at(100),
    });

    const stored = await sqlOne(
      database,
      `select family_id, account_id, client_id, session_id, grant_id, payload, to_micros(expires_at) as expires
       from access_tokens where token_hash = $1`,
      accessToken.hash,
    );
    const { familyId, accountId, sessionId } = subject;
    const owner = { family_id: familyId, account_id: accountId, client_id: 'shop', session_id: sessionId };
    assert.deepEqual(stored, {
      ...owner,
      grant_id: 'a grant',
      payload: accessToken.payload,
      expires: at(400),
    });

    const events = await sql(
      database,
      `select name, to_micros(occurred_at) as occurred, account_id, client_id, session_id, family_id, request_id,
         address, detail from audit_events where family_id = $1`,
      familyId,
    );
    assert.deepEqual(events, [
      {
        name: 'refresh.granted',
        occurred: at(100),
        ...owner,
        request_id: origin.requestId,
        address: origin.address,
        detail: { scopes: ['openid'] },
      },
    ]);
  });

  const dropped = { scopes: ['openid'], dropped: ['payments.write'] };
  const modes: [mode: RefreshCommit['mode'], detail: Record<string, unknown>, event: string][] = [
    ['rotate', {}, 'refresh.granted'],
    ['keep', {}, 'refresh.granted'],
    ['retry', {}, 'refresh.retried'],
    ['rotate', dropped, 'refresh.downscoped'],
    ['keep', dropped, 'refresh.downscoped'],
  ];
  for (const [mode, detail, event] of modes) {
    it(`one event a commit, ${event} for ${mode} with ${JSON.stringify(detail)}`, async () => {
      if (mode === 'retry') await commit();
      const count = async () => (await sql(database, 'select from audit_events')).length;
      const before = await count();
      assert.equal((await commit({ mode, detail })).outcome, 'done');
      assert.equal(await count(), before + 1);
      const text = 'select name from audit_events order by event_id desc limit 1';
      assert.deepEqual(await sqlOne(database, text), { name: event });
    });
  }

  it('no token at all where nothing rotates', async () => {
    const { refresh_tokens: before } = await snapshot(database);
    await commit({ mode: 'keep' });
    const { refresh_tokens: after, access_tokens: accessTokens } = await snapshot(database);
    assert.deepEqual(after, before);
    assert.ok(accessTokens?.every((row) => (row as { family_id: string }).family_id !== subject.familyId));
  });

  it('the same successor for a retry, made by nobody else', async () => {
    await commit();
    const { refresh_tokens: before } = await snapshot(database);
    assert.equal((await commit({ mode: 'retry' })).outcome, 'done');
    assert.deepEqual((await snapshot(database)).refresh_tokens, before);
  });

  it('families, sessions and tokens within their page, so that no index grows', async () => {
    await clock.set(100);
    const counts = await database.transaction(async (tx) => {
      const before = await countUpdates(tx);
      assert.equal((await commitRefresh(tx, await buildRefreshCommit(tx, subject))).outcome, 'done');
      const after = await countUpdates(tx);
      return { updated: after.updated - before.updated, withinPage: after.withinPage - before.withinPage };
    });
    assert.deepEqual(counts, { updated: 3, withinPage: 3 });
  });

  /** Of this connection, since it last told the server's statistics. */
  async function countUpdates(tx: Queryable): Promise<{ updated: number; withinPage: number }> {
    return await sqlOne(
      tx,
      `select sum(n_tup_upd)::int as updated, sum(n_tup_hot_upd)::int as "withinPage"
       from pg_stat_xact_user_tables where relname in ('families', 'sessions', 'refresh_tokens')`,
    );
  }
});
