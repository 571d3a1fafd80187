import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database.ts';
import { listLeases } from '../../src/store/leases.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { buildRefreshCommit, storeRefreshSubject } from '../support/refresh_commits.ts';
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe('leases in the store', () => {
  let test: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    test = await createTestDatabase();
    ({ database } = test);
  });
  afterEach(() => test.drop());

  async function storeLeased(seconds: number, purpose: string, startedAgo = 0): Promise<RefreshSubject> {
    const subject = await storeRefreshSubject(database, { bound: false });
    const text = `update families set lease_seconds = $2, lease_purpose = $3,
                    started_at = started_at - make_interval(secs => $4) where family_id = $1`;
    await sql(database, text, subject.familyId, seconds, purpose, startedAgo);
    return subject;
  }

  it('are listed while their families are open, oldest first, of all accounts or of one', async () => {
    await storeRefreshSubject(database, { bound: false });
    const later = await storeLeased(7200, 'Nightly books');
    const earlier = await storeLeased(60, 'Backup', 30);
    const ended = await storeLeased(60, 'Import');
    await sql(
      database,
      `update families set ended_at = curfew_now(), end_reason = 'revoked' where family_id = $1`,
      ended.familyId,
    );
    const listed = await listLeases(database, { most: 9 });
    assert.deepEqual(
      listed.map(({ family }) => [family.familyId, family.lease]),
      [
        [earlier.familyId, { duration: 60, purpose: 'Backup' }],
        [later.familyId, { duration: 7200, purpose: 'Nightly books' }],
      ],
    );
    const [first] = await listLeases(database, { most: 1 });
    assert.equal(first?.family.familyId, earlier.familyId);
    const rest = await listLeases(database, { most: 9, after: first.family });
    assert.deepEqual(
      rest.map(({ family }) => family.familyId),
      [later.familyId],
    );
    const ofOne = await listLeases(database, { accountId: later.accountId, most: 9 });
    assert.deepEqual(
      ofOne.map(({ family }) => family.familyId),
      [later.familyId],
    );
    assert.match(ofOne[0]?.username ?? '', /^person-/);
  });

  it('are never of a family that is bound to its session', async () => {
    const { familyId } = await storeRefreshSubject(database, { bound: true });
    const text = `update families set lease_seconds = 60, lease_purpose = 'x' where family_id = $1`;
    await assert.rejects(sql(database, text, familyId), /families_lease/);
  });

  it('are unknown to an instance of the version before, whose refreshes pass until the idle limit', async () => {
    const subject = await storeLeased(7200, 'Nightly books');
    const { limits, ...commit } = await buildRefreshCommit(database, subject);
    const refresh = () =>
      sqlOne<{ outcome: string }>(
        database,
        `select outcome from refresh_commit('keep', $1, null, null, null, null, $2, $3, $4, 7200, 10, 600, 3600, 0, 0,
                                            null, null, null, null, null, '{}')`,
        subject.tokenHash,
        commit.accountVersion,
        commit.configurationVersion,
        limits.idle,
      );
    assert.equal((await refresh()).outcome, 'done');
    await sql(database, `update families set last_activity_at = last_activity_at - interval '900 seconds'`);
    assert.equal((await refresh()).outcome, 'changed');
  });
});
