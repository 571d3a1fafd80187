import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { replaceClientSecret } from '../../src/store/clients.ts';
import type { Database } from '../../src/store/database.ts';
import { deleteExpired, listCleaning } from '../../src/store/expired.ts';
import { commitRefresh } from '../../src/store/families.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { buildRefreshCommit, storeRefreshSubject } from '../support/refresh_commits.ts';
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const month = 30 * 86_400;

describe('cleaning', () => {
  let test: TestDatabase;
  let database: Database;
  let clock: FrozenClock;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
    clock = await freezeClock(test);
  });
  after(() => test.drop());
  beforeEach(async () => {
    await clock.set(0);
    for (const table of ['families', 'refresh_tokens', 'sessions', 'grants'])
      await sql(database, `delete from ${table}`);
  });

  const clean = (sizes = { rows: 2, families: 2, tokens: 2 }) => deleteExpired(database, { sizes });
  const count = async (table: string, condition = 'true') =>
    (await sqlOne<{ count: number }>(database, `select count(*)::int from ${table} where ${condition}`))
      .count;
  const end = (table: 'families' | 'sessions', condition: string, value: string) =>
    sql(
      database,
      `update ${table} set ended_at = curfew_now(), end_reason = 'revoked' where ${condition} = $1`,
      value,
    );
  const endFamily = (familyId: string) => end('families', 'family_id', familyId);
  const endSession = (sessionId: string) => end('sessions', 'session_id', sessionId);

  async function rotate(subject: RefreshSubject, times: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      const commit = await buildRefreshCommit(database, subject);
      assert.equal((await commitRefresh(database, commit)).outcome, 'done');
      subject.tokenHash = commit.successor?.hash ?? subject.tokenHash;
    }
  }

  it('keeps what ended for 30 days, then deletes family, tokens and session', async () => {
    const subject = await storeRefreshSubject(database, { bound: true });
    await rotate(subject, 1);
    await endFamily(subject.familyId);
    await endSession(subject.sessionId);
    await clock.set(month);
    await clean();
    assert.deepEqual(
      [await count('families'), await count('refresh_tokens'), await count('sessions')],
      [1, 2, 1],
    );
    await clock.set(month + 1);
    await clean();
    assert.deepEqual(
      [await count('families'), await count('refresh_tokens'), await count('sessions')],
      [0, 0, 0],
    );
  });

  it('keeps every token of a family that lives, however old', async () => {
    const subject = await storeRefreshSubject(database, { bound: false });
    await rotate(subject, 5);
    await clock.set(100 * month);
    await clean();
    assert.equal(await count('refresh_tokens'), 6);
  });

  it('deletes a long family piece by piece, and it goes with its last token', async () => {
    const subject = await storeRefreshSubject(database, { bound: false });
    const other = await storeRefreshSubject(database, { bound: false });
    await rotate(subject, 6);
    await endFamily(subject.familyId);
    await clock.set(month + 1);
    const [statement, values] =
      listCleaning({ rows: 2, families: 2, tokens: 3 }).find(([{ name }]) => name === 'ended_families') ??
      assert.fail();
    const left = [];
    for (let batch = 0; batch < 4; batch += 1) {
      const looked = (await database.query(statement, values)).length;
      left.push([
        looked,
        await count('refresh_tokens', `family_id <> '${other.familyId}'`),
        await count('families'),
      ]);
    }
    assert.deepEqual(left, [
      [1, 4, 2],
      [1, 1, 2],
      [1, 0, 1],
      [0, 0, 1],
    ]);
  });

  it('deletes more than one batch, and leaves no token behind', async () => {
    for (let made = 0; made < 7; made += 1) {
      const subject = await storeRefreshSubject(database, { bound: true });
      await rotate(subject, made % 3);
      await endFamily(subject.familyId);
      await endSession(subject.sessionId);
    }
    await clock.set(month + 1);
    await clean();
    assert.deepEqual(
      [await count('families'), await count('refresh_tokens'), await count('sessions')],
      [0, 0, 0],
    );
  });

  it('stops between two batches when it is told to', async () => {
    const { familyId } = await storeRefreshSubject(database, { bound: true });
    await endFamily(familyId);
    await clock.set(month + 1);
    await deleteExpired(database, { signal: AbortSignal.abort() });
    assert.equal(await count('families'), 1);
  });

  it('keeps an ended session while an offline family that came from it lives, and a month more', async () => {
    const { sessionId, familyId } = await storeRefreshSubject(database, { bound: false });
    await endSession(sessionId);
    await clock.set(month + 1);
    await clean();
    await endFamily(familyId);
    assert.equal(await count('sessions'), 1);
    await clock.set(2 * month);
    await clean();
    assert.equal(await count('sessions'), 1);
    await clock.set(2 * month + 3);
    await clean();
    assert.deepEqual([await count('sessions'), await count('families')], [0, 0]);
  });

  it('deletes a former secret of a client when it is good no more', async () => {
    await sql(
      database,
      `insert into clients (client_id, metadata, secret_hash) values ('app', '{}', '\\x01')`,
    );
    await database.transaction(async (tx) => {
      for (const overlap of [10, 20])
        await replaceClientSecret(tx, { clientId: 'app', secretHash: Buffer.from([overlap]), overlap });
    });
    await clock.set(10);
    await clean();
    assert.equal(await count('former_client_secrets'), 2, 'an end is over, but not past');
    await clock.set(11);
    await clean();
    assert.deepEqual(
      await sql(database, `select encode(secret_hash, 'hex') as hash from former_client_secrets`),
      [{ hash: '0a' }],
    );
  });

  it('passes by what somebody else holds', async () => {
    const { familyId } = await storeRefreshSubject(database, { bound: false });
    await endFamily(familyId);
    await clock.set(month + 1);
    await database.transaction(async (tx) => {
      await sql(tx, 'select from families for no key update');
      await clean();
    });
    assert.equal(await count('families'), 1);
    await clean();
    assert.equal(await count('families'), 0);
  });

  describe('of grants', () => {
    let accountId: string;
    let sessionId: string;
    beforeEach(async () => {
      await sql(
        database,
        `insert into clients (client_id, metadata) values ('shop', '{}') on conflict do nothing`,
      );
      accountId = await storeAccount(database);
      sessionId = await storeSession(database, { accountId });
    });

    async function storeGrant(clientId = 'shop'): Promise<string> {
      const text = `insert into grants (grant_id, account_id, client_id, payload) values ($1, $2, $3, '{}')`;
      const grantId = randomUUID();
      await sql(database, text, grantId, accountId, clientId);
      return grantId;
    }

    async function storeFamilyOf(grantId: string, clientId = 'shop'): Promise<string> {
      const { familyId } = await storeFamily(database, { accountId, sessionId, bound: false, clientId });
      await sql(database, 'update families set grant_id = $2 where family_id = $1', familyId, grantId);
      return familyId;
    }

    it('forgets one that a newer one replaced, with the last family of it', async () => {
      const older = await storeGrant();
      await clock.set(1);
      const newer = await storeGrant();
      const ending = [await storeFamilyOf(older), await storeFamilyOf(newer)];
      const living = await storeFamilyOf(older);
      for (const familyId of ending) await endFamily(familyId);
      await clock.set(month + 2);
      await clean();
      assert.equal(await count('grants'), 2, 'a family still lives');
      await endFamily(living);
      await clock.set(2 * month + 3);
      await clean();
      assert.deepEqual(await sql(database, 'select grant_id from grants'), [{ grant_id: newer }]);
    });

    it('keeps one that a browser still goes by', async () => {
      const older = await storeGrant();
      await clock.set(1);
      await storeGrant();
      const payload = { authorizations: { shop: { grantId: older } } };
      await sql(database, 'update sessions set payload = $1', JSON.stringify(payload));
      await endFamily(await storeFamilyOf(older));
      await clock.set(month + 2);
      await clean();
      assert.equal(await count('grants'), 2);
    });

    it('forgets one of a client that is gone', async () => {
      await endFamily(await storeFamilyOf(await storeGrant('gone'), 'gone'));
      await clock.set(month + 1);
      await clean();
      assert.equal(await count('grants'), 0);
    });
  });

  for (const [statement, values] of listCleaning({ rows: 1000, families: 100, tokens: 1000 })) {
    it(`finds what is due for ${statement.name} by an index`, async () => {
      await database.transaction(async (tx) => {
        await sql(tx, 'set local enable_seqscan = off');
        const rows = await sql<{ 'QUERY PLAN': string }>(
          tx,
          `explain ${statement.text.replaceAll(/\$(\d)/g, (_, at) => String(values[Number(at) - 1]))}`,
        );
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        assert.doesNotMatch(plan, /Seq Scan/, plan);
        assert.match(plan, /Index Cond: \(.*< \(\(InitPlan \d+\)/, plan);
      });
    });
  }
});
