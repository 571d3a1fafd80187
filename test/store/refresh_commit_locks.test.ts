import assert from 'node:assert/strict';
import type { EndReason } from '../../src/domain/reasons.ts';
import { replaceRoles, setAccountDisabled } from '../../src/store/accounts.ts';
import { bumpConfigurationVersion } from '../../src/store/configuration_write.ts';
import type { Database, Queryable } from '../../src/store/database.ts';
import { commitRefresh, endFamilyRows, lockOpenFamilies } from '../../src/store/families.ts';
import type { CommitOutcome } from '../../src/store/families.ts';
import { endSessionRows, lockAccount, lockOpenSessions, readNow } from '../../src/store/sessions.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { buildRefreshCommit, storeRefreshSubject } from '../support/refresh_commits.ts';
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { sql, waitForLockWaiters } from '../support/sql.ts';

class RolledBack extends Error {}

describe('a refresh that waits for a lock', () => {
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

  type Change = (tx: Queryable) => Promise<void>;

  /** Commit a refresh while another transaction holds what `hold` locks; `change` happens before that commits. */
  async function refreshDuring(hold: Change, change: Change): Promise<CommitOutcome> {
    const commit = await buildRefreshCommit(database, subject);
    let waiting: Promise<CommitOutcome> | undefined;
    await database
      .transaction(async (tx) => {
        await hold(tx);
        waiting = commitRefresh(database, commit);
        await waitForLockWaiters(database, 1);
        await change(tx);
      })
      .catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
    if (!waiting) throw new Error('The refresh never began.');
    return await waiting;
  }

  const lockFamily: Change = async (tx) => void (await lockOpenFamilies(tx, { familyId: subject.familyId }));
  const lockSession: Change = async (tx) =>
    void (await lockOpenSessions(tx, { sessionId: subject.sessionId }));
  const end = async (tx: Queryable, reason: EndReason) => ({ reason, at: await readNow(tx) });

  const changes: [what: string, hold: Change, change: Change][] = [
    [
      'its family ended',
      lockFamily,
      async (tx) => void (await endFamilyRows(tx, [{ id: subject.familyId, end: await end(tx, 'revoked') }])),
    ],
    [
      'its session ended, the family locked',
      lockFamily,
      async (tx) =>
        void (await endSessionRows(tx, [{ id: subject.sessionId, end: await end(tx, 'signed_out') }])),
    ],
    [
      'its session ended, only that locked',
      lockSession,
      async (tx) =>
        void (await endSessionRows(tx, [{ id: subject.sessionId, end: await end(tx, 'signed_out') }])),
    ],
    [
      'its account was disabled',
      lockFamily,
      async (tx) => void (await setAccountDisabled(tx, subject.accountId, true)),
    ],
    ["its account's roles were replaced", lockFamily, (tx) => replaceRoles(tx, subject.accountId, ['admin'])],
    [
      'the configuration was changed',
      lockFamily,
      async (tx) => void (await bumpConfigurationVersion(tx, { author: 'test' })),
    ],
    [
      'its token was rotated',
      lockFamily,
      async (tx) =>
        assert.equal((await commitRefresh(tx, await buildRefreshCommit(tx, subject))).outcome, 'done'),
    ],
    ['its idle limit passed', lockFamily, () => clock.set(600)],
    ['its absolute limit passed', lockFamily, () => clock.set(7200)],
    ['the limit of its session passed, only that locked', lockSession, () => clock.set(600)],
  ];
  for (const [what, hold, change] of changes) {
    it(`sees that meanwhile ${what}`, async () => {
      assert.deepEqual(await refreshDuring(hold, change), { outcome: 'changed' });
    });

    it(`passes when it was rolled back that ${what}`, async () => {
      const undone: Change = async (tx) => {
        await change(tx);
        await clock.set(0);
        throw new RolledBack();
      };
      assert.equal((await refreshDuring(hold, undone)).outcome, 'done');
    });
  }

  it('passes when the session was touched meanwhile, and by that touch alone', async () => {
    const touch: Change = async (tx) => {
      await sql(
        tx,
        `update sessions set last_activity_at = started_at + interval '550 s' where session_id = $1`,
        subject.sessionId,
      );
      await clock.set(650);
    };
    assert.equal((await refreshDuring(lockSession, touch)).outcome, 'done');
  });

  it("does not wait for the account, whose lock its family's issue takes", async () => {
    const commit = await buildRefreshCommit(database, subject);
    await database.transaction(async (tx) => {
      await lockAccount(tx, subject.accountId);
      assert.equal((await commitRefresh(database, commit)).outcome, 'done');
    });
  });

  it('is one of many, of which one rotates', async () => {
    const commits = await Promise.all(
      Array.from({ length: 15 }, () => buildRefreshCommit(database, subject)),
    );
    const outcomes = await Promise.all(commits.map((commit) => commitRefresh(database, commit)));
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'done').length, 1);
    const tokens = await sql(database, 'select from refresh_tokens where family_id = $1', subject.familyId);
    assert.equal(tokens.length, 2);
  });
});
