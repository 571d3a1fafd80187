import assert from 'node:assert/strict';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { findRefresh } from '../../src/store/families.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

/** Members may be idle for 1800 s, their sessions for 3600 s. */
describe('a configuration that is applied', () => {
  let test: OperationTest;
  let wanted: ExampleConfiguration;
  let accountId: string;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    wanted = { ...exampleConfiguration(), users: undefined };
    await test.apply(wanted);
    accountId = await storeAccount(test.database, ['member']);
  });

  const applyMember = (
    change: Partial<Record<'refresh_idle' | 'session_idle' | 'session_absolute', number>>,
  ) => {
    const limits = { ...wanted.policies.get('member')?.limits, ...change };
    return test.apply({ policies: new Map([...wanted.policies, ['member', { limits, baselines: [] }]]) });
  };
  const store = (activeAgo: number, { bound = false, clientId = 'shop', sessionActiveAgo = 10 } = {}) =>
    storeSession(test.database, { accountId, startedAgo: 5000, activeAgo: sessionActiveAgo }).then(
      async (sessionId) => ({
        sessionId,
        ...(await storeFamily(test.database, {
          accountId,
          sessionId,
          bound,
          startedAgo: 5000,
          activeAgo,
          clientId,
        })),
      }),
    );
  const familyEnd = (familyId: string) => findEnd(test.database, 'families', familyId);

  /** What the gate says now. */
  async function judge(tokenHash: Buffer): Promise<string> {
    const configuration = await loadConfiguration(test.database);
    const loaded = await findRefresh(test.database, tokenHash);
    assert.ok(loaded);
    const verdict = evaluateRefresh({ ...loaded, configuration }, { clientId: loaded.family.clientId });
    return verdict.granted ? 'granted' : verdict.code;
  }

  it('ends first what is over under the old limits, which a longer limit then does not revive', async () => {
    const over = await store(1800);
    const alive = await store(1799);
    const { ended } = await applyMember({ refresh_idle: 7200 });
    assert.deepEqual(ended, { sessions: 0, families: 1 });
    assert.deepEqual(await familyEnd(over.familyId), {
      reason: 'idle_timeout',
      afterStart: 5000,
      afterActivity: 1800,
    });
    assert.equal(await judge(over.tokenHash), 'idle_timeout');
    assert.equal(await judge(alive.tokenHash), 'granted');
    const [event] = await listAccountEvents(test.database, accountId);
    assert.deepEqual(
      [event?.name, event?.of, event?.detail.policy],
      ['family.ended', over.familyId, 'member'],
    );
  });

  it('ends first the sessions that are over, with what is bound to them', async () => {
    const { sessionId, familyId } = await store(10, { bound: true, sessionActiveAgo: 3600 });
    const { ended } = await applyMember({ session_idle: 7200, session_absolute: 100_000 });
    assert.deepEqual(ended, { sessions: 1, families: 1 });
    assert.equal((await findEnd(test.database, 'sessions', sessionId)).reason, 'idle_timeout');
    assert.equal((await familyEnd(familyId)).reason, 'idle_timeout');
  });

  it('binds at once what lives, by a limit that was shortened, without ending it', async () => {
    const { familyId, tokenHash } = await store(700);
    assert.deepEqual((await applyMember({ refresh_idle: 600 })).ended, { sessions: 0, families: 0 });
    assert.equal((await familyEnd(familyId)).reason, null);
    assert.equal(await judge(tokenHash), 'idle_timeout');
  });

  it('ends nothing when it changes nothing', async () => {
    const { familyId } = await store(1800);
    assert.deepEqual((await test.apply(wanted)).ended, { sessions: 0, families: 0 });
    assert.equal((await familyEnd(familyId)).reason, null, 'the limit is applied when somebody asks');
  });

  it('ends what is over before a role loses its policy', async () => {
    const { familyId } = await store(1800);
    const roles = new Map([...(wanted.roles ?? []), ['member', { name: 'member' }]]);
    await test.apply({ roles });
    assert.deepEqual(await familyEnd(familyId), {
      reason: 'idle_timeout',
      afterStart: 5000,
      afterActivity: 1800,
    });
  });

  describe('without a client', () => {
    const applyWithoutShop = () =>
      test.apply({ clients: new Map([...wanted.clients].filter(([clientId]) => clientId !== 'shop')) });

    it("ends that client's families, bound and offline, and spares sessions and others", async () => {
      const offline = await store(10);
      const bound = await store(10, { bound: true });
      const others = await store(10, { clientId: 'portal' });
      assert.deepEqual((await applyWithoutShop()).ended, { sessions: 0, families: 2 });
      for (const { familyId } of [offline, bound])
        assert.equal((await familyEnd(familyId)).reason, 'client_disabled');
      assert.equal((await familyEnd(others.familyId)).reason, null);
      assert.equal((await findEnd(test.database, 'sessions', bound.sessionId)).reason, null);
      assert.equal(await judge(others.tokenHash), 'granted');
    });

    it('keeps the limit that passed before as the reason', async () => {
      const over = await store(1800);
      await applyWithoutShop();
      assert.equal((await familyEnd(over.familyId)).reason, 'idle_timeout');
    });

    it('revives nothing when the client comes back', async () => {
      const { tokenHash } = await store(10);
      await applyWithoutShop();
      await test.apply(wanted);
      assert.equal(await judge(tokenHash), 'client_disabled');
    });
  });
});
