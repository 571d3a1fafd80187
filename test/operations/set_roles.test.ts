import assert from 'node:assert/strict';
import { setRoles } from '../../src/operations/set_roles.ts';
import { findAccountById } from '../../src/store/accounts.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

/** Members may be idle for 1800 s, admins for 600. */
describe('setRoles', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  const set = (accountId: string, from: string[], to: string[]) =>
    test.database.transaction((tx) =>
      setRoles(tx, test.configuration, { accountId, roles: from }, to, { actor: 'operator' }),
    );
  const storeIdle = async (accountId: string, activeAgo: number) => {
    const sessionId = await storeSession(test.database, { accountId });
    const family = { accountId, sessionId, bound: false, startedAgo: 5000, activeAgo };
    return (await storeFamily(test.database, family)).familyId;
  };

  it('replaces the roles, in a new version of the account, with one event', async () => {
    const accountId = await storeAccount(test.database, ['member']);
    await set(accountId, ['member'], ['admin', 'member', 'admin']);
    const account = await findAccountById(test.database, accountId);
    assert.deepEqual(account?.roles, ['admin', 'member']);
    assert.equal(account?.version, 2);
    const [event, ...more] = await listAccountEvents(test.database, accountId);
    assert.equal(event?.name, 'account.roles_changed');
    assert.deepEqual(event?.detail.from, ['member']);
    assert.deepEqual(new Set(event?.detail.to as string[]), new Set(['admin', 'member']));
    assert.equal(event?.detail.actor, 'operator');
    assert.deepEqual(more, []);
  });

  it('takes all roles away', async () => {
    const accountId = await storeAccount(test.database, ['member']);
    await set(accountId, ['member'], []);
    assert.deepEqual((await findAccountById(test.database, accountId))?.roles, []);
  });

  const cases: [from: string[], to: string[], idleFor: number, reason: string | null, what: string][] = [
    [['admin'], ['member'], 600, 'idle_timeout', 'ends first what was over under the old ones'],
    [['admin'], ['member'], 599, null, 'spares what was alive under the old ones'],
    [['member'], ['admin'], 700, null, 'leaves to the gate what only the new ones end'],
    [
      ['member', 'admin'],
      ['member'],
      600,
      'idle_timeout',
      'ends first what was over under one of the old ones',
    ],
    [['member'], [], 1799, null, 'spares what was alive when all are taken away'],
  ];
  for (const [from, to, idleFor, reason, what] of cases) {
    it(`${what}: ${from.join('+')} to ${to.join('+') || 'none'}, idle for ${idleFor} s`, async () => {
      const accountId = await storeAccount(test.database, from);
      const familyId = await storeIdle(accountId, idleFor);
      await set(accountId, from, to);
      assert.equal((await findEnd(test.database, 'families', familyId)).reason, reason);
      const names = (await listAccountEvents(test.database, accountId)).map(({ name }) => name);
      assert.deepEqual(names, [...(reason ? ['family.ended'] : []), 'account.roles_changed']);
    });
  }

  it('names the policy of the old role in the end', async () => {
    const accountId = await storeAccount(test.database, ['admin']);
    await storeIdle(accountId, 700);
    await set(accountId, ['admin'], ['member']);
    const [event] = await listAccountEvents(test.database, accountId);
    assert.equal(event?.detail.policy, 'admin');
    assert.equal(event?.detail.limit, 600);
  });

  it('refuses a role that is not configured, and changes nothing', async () => {
    const accountId = await storeAccount(test.database, ['admin']);
    await storeIdle(accountId, 700);
    const before = await snapshot(test.database);
    await assert.rejects(set(accountId, ['admin'], ['member', 'ghost']), {
      name: 'Problem',
      code: 'role_unknown',
      message: 'There is no role ghost; configured are: admin, member.',
    });
    assert.deepEqual(await snapshot(test.database), before);
  });
});
