import assert from 'node:assert/strict';
import { disableAccount, enableAccount } from '../../src/operations/disable_account.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import type { Cause } from '../../src/operations/end_access.ts';
import { findAccountById } from '../../src/store/accounts.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

describe('an account that loses its access', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  interface Access {
    accountId: string;
    sessionId: string;
    bound: string;
    offline: string;
  }

  async function storeAccess(): Promise<Access> {
    const accountId = await storeAccount(test.database, ['member']);
    const sessionId = await storeSession(test.database, { accountId, startedAgo: 100 });
    const family = { accountId, sessionId, startedAgo: 100 };
    const { familyId: bound } = await storeFamily(test.database, { ...family, bound: true });
    const { familyId: offline } = await storeFamily(test.database, { ...family, bound: false });
    return { accountId, sessionId, bound, offline };
  }

  async function reasons({ sessionId, bound, offline }: Access): Promise<Record<string, string | null>> {
    return {
      session: (await findEnd(test.database, 'sessions', sessionId)).reason,
      bound: (await findEnd(test.database, 'families', bound)).reason,
      offline: (await findEnd(test.database, 'families', offline)).reason,
    };
  }
  const all = (reason: string | null) => ({ session: reason, bound: reason, offline: reason });

  const end = (accountId: string, cause: Cause) =>
    test.database.transaction((tx) => endAccountAccess(tx, test.configuration, accountId, cause, {}));
  const disable = (accountId: string) =>
    test.database.transaction((tx) => disableAccount(tx, test.configuration, accountId, {}));
  const enable = (accountId: string) => test.database.transaction((tx) => enableAccount(tx, accountId, {}));
  const readState = async (accountId: string) => {
    const account = await findAccountById(test.database, accountId);
    return { version: account?.version, disabled: account?.disabled };
  };

  for (const cause of ['signed_out', 'credential_changed', 'ended_by_operator'] as const) {
    it(`loses every session and family by ${cause}, offline ones too`, async () => {
      const access = await storeAccess();
      const other = await storeAccess();
      assert.deepEqual(await end(access.accountId, cause), { sessions: 1, families: 2 });
      assert.deepEqual(await reasons(access), all(cause));
      assert.deepEqual(await reasons(other), all(null), 'another account is as it was');
    });
  }

  it('loses without a cause only what is over already', async () => {
    const access = await storeAccess();
    const { accountId, sessionId } = access;
    const family = { accountId, sessionId, startedAgo: 2000, activeAgo: 1900 };
    const { familyId } = await storeFamily(test.database, { ...family, bound: false });
    assert.deepEqual(await end(accountId, undefined), { sessions: 0, families: 1 });
    assert.deepEqual(await reasons(access), all(null));
    const ended = await findEnd(test.database, 'families', familyId);
    assert.deepEqual(ended, { reason: 'idle_timeout', afterStart: 1900, afterActivity: 1800 });
  });

  it('keeps the limit that passed before as the reason', async () => {
    const { accountId, sessionId } = await storeAccess();
    const family = { accountId, sessionId, startedAgo: 2000, activeAgo: 1900 };
    const { familyId } = await storeFamily(test.database, { ...family, bound: false });
    await end(accountId, 'ended_by_operator');
    assert.equal((await findEnd(test.database, 'families', familyId)).reason, 'idle_timeout');
  });

  it('loses nothing the second time', async () => {
    const access = await storeAccess();
    await end(access.accountId, 'ended_by_operator');
    const events = await listAccountEvents(test.database, access.accountId);
    assert.deepEqual(await end(access.accountId, 'signed_out'), { sessions: 0, families: 0 });
    assert.deepEqual(await reasons(access), all('ended_by_operator'));
    assert.deepEqual(await listAccountEvents(test.database, access.accountId), events);
  });

  describe('by being disabled', () => {
    it('loses everything, in a new version of itself, with an event', async () => {
      const access = await storeAccess();
      assert.deepEqual(await disable(access.accountId), { sessions: 1, families: 2 });
      assert.deepEqual(await reasons(access), all('account_disabled'));
      assert.deepEqual(await readState(access.accountId), { version: 2, disabled: true });
      const events = await listAccountEvents(test.database, access.accountId);
      const names = events.map(({ name }) => name);
      assert.deepEqual(names, ['family.ended', 'family.ended', 'session.ended', 'account.disabled']);
      assert.deepEqual(events.at(-1)?.detail, { sessions: 1, families: 2 });
    });

    it('gets no second event and no new version when it is disabled again', async () => {
      const { accountId } = await storeAccess();
      await disable(accountId);
      const events = await listAccountEvents(test.database, accountId);
      assert.deepEqual(await disable(accountId), { sessions: 0, families: 0 });
      assert.deepEqual(await readState(accountId), { version: 2, disabled: true });
      assert.deepEqual(await listAccountEvents(test.database, accountId), events);
    });

    it('gets nothing back when it is enabled again, in yet another version', async () => {
      const access = await storeAccess();
      await disable(access.accountId);
      await enable(access.accountId);
      assert.deepEqual(await reasons(access), all('account_disabled'));
      assert.deepEqual(await readState(access.accountId), { version: 3, disabled: false });
      const events = await listAccountEvents(test.database, access.accountId);
      assert.equal(events.at(-1)?.name, 'account.enabled');
    });

    it('is left alone by enabling it while it is enabled', async () => {
      const { accountId } = await storeAccess();
      await enable(accountId);
      assert.deepEqual(await readState(accountId), { version: 1, disabled: false });
      assert.deepEqual(await listAccountEvents(test.database, accountId), []);
    });

    it('keeps everything when the transaction is rolled back', async () => {
      const access = await storeAccess();
      const work = test.database.transaction(async (tx) => {
        await disableAccount(tx, test.configuration, access.accountId, {});
        throw new Error('no');
      });
      await assert.rejects(work, /^Error: no$/);
      assert.deepEqual(await reasons(access), all(null));
      assert.deepEqual(await listAccountEvents(test.database, access.accountId), []);
    });
  });
});
