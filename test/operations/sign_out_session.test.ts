import assert from 'node:assert/strict';
import { signOutSession } from '../../src/operations/sign_out_session.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const alive = { reason: null, afterStart: null, afterActivity: null };

describe('signOutSession', () => {
  let test: OperationTest;
  let accountId: string;
  let sessionId: string;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['member']);
    sessionId = await storeSession(test.database, { accountId, startedAgo: 100, activeAgo: 10 });
  });

  const signOut = (owner = accountId) =>
    test.database.transaction((tx) =>
      signOutSession(tx, test.configuration, { accountId: owner, sessionId }, {}),
    );
  const familyOf = async (bound: boolean) =>
    (await storeFamily(test.database, { accountId, sessionId, bound })).familyId;
  const sessionEnd = () => findEnd(test.database, 'sessions', sessionId);

  it('ends the session with what is bound to it, and lets offline families live', async () => {
    const [bound, offline] = [await familyOf(true), await familyOf(false)];
    assert.equal(await signOut(), 'signed out');
    assert.equal((await sessionEnd()).reason, 'signed_out');
    assert.equal((await findEnd(test.database, 'families', bound)).reason, 'signed_out');
    assert.deepEqual(await findEnd(test.database, 'families', offline), alive);
  });

  it('knows no session of another account, and ends none', async () => {
    assert.equal(await signOut(await storeAccount(test.database, ['member'])), 'unknown');
    assert.deepEqual(await sessionEnd(), alive);
    assert.deepEqual(await listAccountEvents(test.database, accountId), []);
  });

  it('says of one that had ended that it was over, and leaves one event for several at once', async () => {
    const outcomes = await Promise.all([signOut(), signOut(), signOut()]);
    assert.deepEqual(outcomes.toSorted(), ['over before', 'over before', 'signed out']);
    assert.equal((await listAccountEvents(test.database, accountId)).length, 1);
  });

  it('keeps a limit that had passed as the reason', async () => {
    sessionId = await storeSession(test.database, { accountId, startedAgo: 5000, activeAgo: 3700 });
    await signOut();
    assert.equal((await sessionEnd()).reason, 'idle_timeout');
  });
});
