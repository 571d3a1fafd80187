import assert from 'node:assert/strict';
import { settleSiblings } from '../../src/operations/settle_siblings.ts';
import { staySignedIn } from '../../src/operations/stay_signed_in.ts';
import { commitRefresh } from '../../src/store/families.ts';
import { commitTouch } from '../../src/store/session_touch.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { assertChanged, buildRefreshCommit } from '../support/refresh_commits.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

/** Two apps of one session; nothing of either was active since the clock's first second. The apps' own idle limit is shorter than the session's. */
describe('what is bound to a session whose activity moves on', () => {
  let operation: OperationTest;
  let accountId: string;
  let sessionId: string;
  let family: { familyId: string; tokenHash: Buffer };
  let sibling: { familyId: string };
  const [idle, origin] = [1800, {}];

  before(async () => {
    operation = await prepareOperationTest();
  });
  after(() => operation.drop());
  beforeEach(async () => {
    const { database, clock } = operation;
    await clock.set(0);
    accountId = await storeAccount(database, ['member']);
    sessionId = await storeSession(database, { accountId, startedAgo: 0, clientIds: ['shop', 'portal'] });
    const bound = { accountId, sessionId, bound: true, startedAgo: 0 } as const;
    family = await storeFamily(database, bound);
    sibling = await storeFamily(database, { ...bound, clientId: 'portal' });
    // The session was kept by an app that has gone since.
    await sql(database, `update families set check_at = started_at + make_interval(secs => $1)`, idle);
  });

  const stay = () =>
    staySignedIn(operation.database, () => Promise.resolve(operation.configuration), {
      sessionId,
      inactiveFor: 0,
      origin,
    });
  const sessionActivity = async () =>
    await sqlOne(
      operation.database,
      'select extract(epoch from last_activity_at - started_at)::int as after from sessions where session_id = $1',
      sessionId,
    );
  const settle = () =>
    settleSiblings(operation.database, operation.configuration, { sessionId, accountId }, origin);

  it('ends first where its own idle limit has passed, at that moment, though only the session is kept', async () => {
    await operation.clock.set(idle);
    const judged = await stay();
    assert.equal(judged?.life.over, false);
    assert.deepEqual(await sessionActivity(), { after: idle });
    for (const { familyId } of [family, sibling])
      assert.deepEqual(await findEnd(operation.database, 'families', familyId), {
        reason: 'idle_timeout',
        afterStart: idle,
        afterActivity: idle,
      });
    const names = (await listAccountEvents(operation.database, accountId)).map(({ name }) => name);
    assert.deepEqual(names, ['family.ended', 'family.ended', 'session.extended']);
  });

  it('lives on a moment before', async () => {
    await operation.clock.set(idle - 0.000001);
    await stay();
    assert.equal((await findEnd(operation.database, 'families', sibling.familyId)).reason, null);
    assert.deepEqual(await sessionActivity(), { after: idle });
  });

  it('stops a refresh whose own limit passes between the decision and the write, and one that keeps the session', async () => {
    const { database, clock, configuration } = operation;
    await clock.set(idle - 1);
    const commit = await buildRefreshCommit(database, { accountId, sessionId, ...family });
    const limits = { ...commit.limits, idle: 3600, sessionIdle: 3600, sessionAbsolute: 86_400 };
    await clock.set(idle);
    await assertChanged(database, { ...commit, limits });
    const touch = {
      sessionId,
      clientIds: ['shop', 'portal'],
      accountVersion: commit.accountVersion,
      configurationVersion: configuration.version,
      limits: { idle: 3600, absolute: 86_400 },
      inactiveFor: 0,
      detail: {},
    };
    assert.equal(await commitTouch(database, touch), undefined);
    assert.deepEqual(await sessionActivity(), { after: 0 });

    await settle();
    assert.ok(await commitTouch(database, touch), 'what is over has ended, so nothing is in the way');
    assert.deepEqual(await sessionActivity(), { after: idle });
    assert.equal((await findEnd(database, 'families', sibling.familyId)).reason, 'idle_timeout');
  });

  it('is in nobody’s way while it lives, however early it was to be looked at', async () => {
    const { database, clock } = operation;
    await sql(database, `update families set check_at = '-infinity'`);
    await clock.set(100);
    const commit = await buildRefreshCommit(database, { accountId, sessionId, ...family });
    await assertChanged(database, commit);
    await settle();
    assert.equal((await commitRefresh(database, commit)).outcome, 'done');
    assert.deepEqual(await sessionActivity(), { after: 100 });
    assert.equal((await findEnd(database, 'families', sibling.familyId)).reason, null);
  });

  it('is in the way of no refresh that does not move the session', async () => {
    const { database, clock } = operation;
    await clock.set(100);
    await sql(database, `update families set check_at = '-infinity'`);
    const commit = await buildRefreshCommit(database, { accountId, sessionId, ...family });
    assert.equal(
      (await commitRefresh(database, { ...commit, sessionInactiveFor: undefined })).outcome,
      'done',
    );
  });
});
