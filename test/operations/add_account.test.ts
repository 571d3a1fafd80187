import assert from 'node:assert/strict';
import { verifyPassword } from '../../src/credentials/passwords.ts';
import type { DesiredUser } from '../../src/domain/configuration.ts';
import { addAccount } from '../../src/operations/add_account.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot } from '../support/sql.ts';

describe('addAccount', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  const add = (user: DesiredUser) =>
    test.database.transaction((tx) => addAccount(tx, test.configuration, user, { actor: 'operator' }));

  it('stores the account with its roles, and its password as a hash, with one event', async () => {
    const user = {
      username: 'Ada',
      email: 'ada@example.com',
      name: 'Ada L',
      password: 'correct horse battery',
    };
    const accountId = await add({ ...user, roles: ['member', 'admin'] });
    const found = await findAccountByUsername(test.database, 'ada');
    assert.equal(found?.account.accountId, accountId);
    const { username, email, name, roles, disabled } = found.account;
    assert.deepEqual(
      { username, email, name, roles, disabled },
      {
        username: 'Ada',
        email: 'ada@example.com',
        name: 'Ada L',
        roles: ['admin', 'member'],
        disabled: false,
      },
    );
    assert.equal(await verifyPassword(found.passwordHash, user.password), true);
    const detail = { roles: ['member', 'admin'], actor: 'operator' };
    assert.deepEqual(await listAccountEvents(test.database, accountId), [
      { name: 'account.created', of: null, detail },
    ]);
    assert.doesNotMatch(JSON.stringify(await snapshot(test.database)), /correct horse battery/);
  });

  it('stores an account without a password, which none opens', async () => {
    await add({ username: 'empty' });
    const found = await findAccountByUsername(test.database, 'empty');
    assert.equal(found?.passwordHash, undefined);
    assert.equal(await verifyPassword(found?.passwordHash, ''), false);
  });

  const pairs = [
    ['grace', 'grace'],
    ['joan', 'JOAN'],
    ['Émile', 'éMILE'],
  ] as const;
  for (const [first, second] of pairs) {
    it(`refuses ${second} once there is ${first}`, async () => {
      await add({ username: first });
      const before = await snapshot(test.database);
      const message = `There is already an account named ${second}.`;
      await assert.rejects(add({ username: second }), { name: 'Problem', code: 'account_exists', message });
      assert.deepEqual(await snapshot(test.database), before);
    });
  }

  it('makes one account of several at once', async () => {
    const settled = await Promise.allSettled(['rose', 'Rose', 'ROSE'].map((username) => add({ username })));
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const result of settled) {
      if (result.status === 'rejected')
        assert.equal((result.reason as { code: string }).code, 'account_exists');
    }
  });

  it('refuses a role that is not configured, and stores nothing', async () => {
    const before = await snapshot(test.database);
    await assert.rejects(add({ username: 'new', roles: ['member', 'ghost'] }), {
      name: 'Problem',
      code: 'role_unknown',
      message: 'There is no role ghost; configured are: admin, member.',
    });
    assert.deepEqual(await snapshot(test.database), before);
  });
});
