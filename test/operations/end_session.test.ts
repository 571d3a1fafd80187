import assert from 'node:assert/strict';
import { endSession } from '../../src/operations/end_session.ts';
import type { Cause } from '../../src/operations/end_access.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const alive = { reason: null, afterStart: null, afterActivity: null };

describe('endSession', () => {
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

  const end = (cause: Cause, session = { sessionId, accountId }) =>
    test.database.transaction((tx) =>
      endSession(tx, test.configuration, session, cause, { requestId: 'a request' }),
    );
  const store = async (bound: boolean, ages: { startedAgo?: number; activeAgo?: number } = {}) => {
    const { familyId } = await storeFamily(test.database, {
      accountId,
      sessionId,
      bound,
      startedAgo: 100,
      ...ages,
    });
    return familyId;
  };
  const familyEnd = (familyId: string) => findEnd(test.database, 'families', familyId);
  const sessionEnd = (id = sessionId) => findEnd(test.database, 'sessions', id);

  it('ends the session and every family bound to it, and lets offline families live', async () => {
    const bound = [await store(true), await store(true)];
    const offline = await store(false);
    assert.equal(await end('signed_out'), true);
    assert.deepEqual(await sessionEnd(), { reason: 'signed_out', afterStart: 100, afterActivity: 10 });
    for (const familyId of bound) assert.equal((await familyEnd(familyId)).reason, 'signed_out');
    assert.deepEqual(await familyEnd(offline), alive);
  });

  it('lets the other sessions of the account live, and what is bound to them', async () => {
    const otherId = await storeSession(test.database, { accountId });
    const { familyId } = await storeFamily(test.database, { accountId, sessionId: otherId, bound: true });
    await end('signed_out');
    assert.deepEqual(await sessionEnd(otherId), alive);
    assert.deepEqual(await familyEnd(familyId), alive);
  });

  it('leaves one event for each end, with reason, moment and origin', async () => {
    const bound = await store(true);
    await store(false);
    await end('ended_by_operator');
    const detail = {
      reason: 'ended_by_operator',
      ended_at: '2026-01-01T00:00:00.000Z',
      found_late_seconds: 0,
    };
    assert.deepEqual(await listAccountEvents(test.database, accountId), [
      { name: 'family.ended', of: bound, detail },
      { name: 'session.ended', of: sessionId, detail },
    ]);
    const origin = `select distinct request_id from audit_events where account_id = $1`;
    assert.deepEqual(await sqlOne(test.database, origin, accountId), { request_id: 'a request' });
  });

  it('does nothing the second time, whatever the cause', async () => {
    const bound = await store(true);
    await end('signed_out');
    const before = [
      await sessionEnd(),
      await familyEnd(bound),
      await listAccountEvents(test.database, accountId),
    ];
    assert.equal(await end('ended_by_operator'), false);
    assert.equal(await end(undefined), false);
    const after = [
      await sessionEnd(),
      await familyEnd(bound),
      await listAccountEvents(test.database, accountId),
    ];
    assert.deepEqual(after, before);
  });

  it('ends it once for several at once', async () => {
    await store(true);
    const ended = await Promise.all(
      ['signed_out', 'ended_by_operator', 'replaced'].map((cause) => end(cause as Cause)),
    );
    assert.equal(ended.filter(Boolean).length, 1);
    const names = (await listAccountEvents(test.database, accountId)).map(({ name }) => name);
    assert.deepEqual(names, ['family.ended', 'session.ended']);
  });

  it('does nothing for a session that is not there', async () => {
    assert.equal(await end('signed_out', { sessionId: 'nonexistent', accountId }), false);
    assert.deepEqual(await sessionEnd(), alive);
  });

  it('ends nothing without a cause while no limit has passed', async () => {
    const bound = await store(true);
    assert.equal(await end(undefined), false);
    assert.deepEqual([await sessionEnd(), await familyEnd(bound)], [alive, alive]);
    assert.deepEqual(await listAccountEvents(test.database, accountId), []);
  });

  describe('keeps the limit that passed first as the reason, at its moment:', () => {
    it("a bound family's own", async () => {
      sessionId = await storeSession(test.database, { accountId, startedAgo: 43_300, activeAgo: 10 });
      const over = await store(true, { startedAgo: 43_300, activeAgo: 20 });
      const young = await store(true);
      await end('signed_out');
      assert.deepEqual(await familyEnd(over), {
        reason: 'absolute_timeout',
        afterStart: 43_200,
        afterActivity: -80,
      });
      assert.equal((await familyEnd(young)).reason, 'signed_out');
      assert.equal((await sessionEnd()).reason, 'signed_out');
    });

    const causes: [cause: Cause, what: string][] = [
      [undefined, 'without a cause'],
      ['signed_out', 'with one'],
    ];
    for (const [cause, what] of causes) {
      it(`the session's, ${what}`, async () => {
        sessionId = await storeSession(test.database, { accountId, startedAgo: 5000, activeAgo: 3700 });
        const bound = await store(true, { startedAgo: 5000, activeAgo: 4000 });
        assert.equal(await end(cause), true);
        assert.deepEqual(await sessionEnd(), {
          reason: 'idle_timeout',
          afterStart: 4900,
          afterActivity: 3600,
        });
        const ended = await familyEnd(bound);
        assert.deepEqual(
          ended,
          { reason: 'idle_timeout', afterStart: 3100, afterActivity: 2100 },
          "counted from the session's activity",
        );
      });
    }

    it('and names limit, policy, version and how late it was found in the event', async () => {
      sessionId = await storeSession(test.database, { accountId, startedAgo: 86_405, activeAgo: 10 });
      await end('signed_out');
      const [event] = await listAccountEvents(test.database, accountId);
      assert.deepEqual(event?.detail, {
        reason: 'absolute_timeout',
        ended_at: '2025-12-31T23:59:55.000Z',
        found_late_seconds: 5,
        limit: 86_400,
        policy: 'member',
        policy_version: 1,
      });
      const columns = 'select end_limit, end_policy, end_policy_version from sessions where session_id = $1';
      const stored = { end_limit: 86_400, end_policy: 'member', end_policy_version: 1 };
      assert.deepEqual(await sqlOne(test.database, columns, sessionId), stored);
    });

    it('the absolute one where both pass together', async () => {
      sessionId = await storeSession(test.database, { accountId, startedAgo: 86_400, activeAgo: 3600 });
      await end(undefined);
      assert.deepEqual(await sessionEnd(), {
        reason: 'absolute_timeout',
        afterStart: 86_400,
        afterActivity: 3600,
      });
    });
  });
});
