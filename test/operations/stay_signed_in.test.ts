import assert from 'node:assert/strict';
import { staySignedIn } from '../../src/operations/stay_signed_in.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';

describe('staying signed in', () => {
  let test: TestDatabase;
  let accountId: string;
  let sessionId: string;
  let looks: number;

  before(async () => {
    test = await createTestDatabase();
  });
  after(() => test.drop());
  beforeEach(async () => {
    looks = 0;
    accountId = await storeAccount(test.database);
    sessionId = await storeSession(test.database, { accountId, startedAgo: 500 });
  });

  /** Each of the first `changes` decisions is outdated by another request before it is written. */
  const stay = (changes: number) =>
    staySignedIn(
      test.database,
      async () => {
        const configuration = await loadConfiguration(test.database);
        looks += 1;
        if (looks <= changes) await sql(test.database, 'update accounts set version = version + 1');
        return configuration;
      },
      { sessionId, inactiveFor: 0, origin: {} },
    );

  const secondsAway = async () =>
    await sqlOne(
      test.database,
      'select round(extract(epoch from curfew_now() - last_activity_at))::int as seconds from sessions where session_id = $1',
      sessionId,
    );

  it('is decided anew when something changed meanwhile', async () => {
    const judged = await stay(2);
    assert.equal(judged?.life.over, false);
    assert.equal(looks, 3);
    assert.deepEqual(await secondsAway(), { seconds: 0 });
  });

  it('is given up with 503 when things keep changing, and nothing is written', async () => {
    await assert.rejects(stay(3), { status: 503 });
    assert.deepEqual(await secondsAway(), { seconds: 500 });
  });

  it('is nothing that a disabled account can do, nor one without a session', async () => {
    await sql(
      test.database,
      'update accounts set disabled_at = curfew_now() where account_id = $1',
      accountId,
    );
    const judged = await stay(0);
    assert.ok(judged?.life.over);
    assert.equal(judged.life.end.reason, 'account_disabled');
    assert.deepEqual(await secondsAway(), { seconds: 500 });
    sessionId = 'another';
    assert.equal(await stay(0), undefined);
  });
});
