import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database.ts';
import { commitRefresh } from '../../src/store/families.ts';
import type { RefreshCommit } from '../../src/store/families.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock, frozenEpoch } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { buildRefreshCommit, storeRefreshSubject } from '../support/refresh_commits.ts';
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe('refresh_commit moves the activity, and never back:', () => {
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

  /** Seconds after the start. */
  async function readActivity(): Promise<{ family: number; session: number }> {
    return await sqlOne(
      database,
      `select extract(epoch from f.last_activity_at - f.started_at)::float8 as family,
         extract(epoch from s.last_activity_at - s.started_at)::float8 as session
       from families f join sessions s using (session_id) where f.family_id = $1`,
      subject.familyId,
    );
  }

  const cases: [
    said: number | undefined,
    sessionSaid: number | undefined,
    family: number,
    session: number,
  ][] = [
    [0, 0, 100, 100],
    [30, 30, 70, 70],
    [60, 60, 40, 50],
    [61, 61, 40, 50],
    [2_147_483_647, 2_147_483_647, 40, 50],
    [undefined, undefined, 40, 50],
    [0, undefined, 100, 50],
    [undefined, 0, 40, 100],
  ];
  for (const [said, sessionSaid, family, session] of cases) {
    it(`away for ${said} (session: ${sessionSaid}) at 100, active at 40 (50) before: ${family} (${session})`, async () => {
      const activity = 'last_activity_at = started_at + make_interval(secs => $2)';
      await sql(database, `update families set ${activity} where family_id = $1`, subject.familyId, 40);
      await sql(database, `update sessions set ${activity} where session_id = $1`, subject.sessionId, 50);
      await clock.set(100);
      const outcome = await commit({ inactiveFor: said, sessionInactiveFor: sessionSaid });
      assert.deepEqual(outcome, {
        outcome: 'done',
        now: at(100),
        lastActivityAt: at(family),
        sessionLastActivityAt: at(session),
      });
      assert.deepEqual(await readActivity(), { family, session });
    });
  }

  it('not back when the clock goes back', async () => {
    await clock.set(100);
    await commit({ mode: 'keep' });
    await clock.set(50);
    await commit({ mode: 'keep' });
    assert.deepEqual(await readActivity(), { family: 100, session: 100 });
  });

  it('of an offline family alone, not of its session', async () => {
    subject = await storeRefreshSubject(database, { bound: false });
    await clock.set(100);
    const outcome = await commit();
    assert.deepEqual(outcome, {
      outcome: 'done',
      now: at(100),
      lastActivityAt: at(100),
      sessionLastActivityAt: undefined,
    });
    assert.deepEqual(await readActivity(), { family: 100, session: 0 });
  });
});
