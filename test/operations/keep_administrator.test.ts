import assert from 'node:assert/strict';
import { Problem } from '../../src/domain/problems.ts';
import { deleteAccount } from '../../src/operations/delete_account.ts';
import { disableAccount, enableAccount } from '../../src/operations/disable_account.ts';
import { hasAdministrator } from '../../src/operations/has_administrator.ts';
import { keepAdministrator } from '../../src/operations/keep_administrator.ts';
import { setRoles } from '../../src/operations/set_roles.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { LoadedConfiguration } from '../../src/store/configuration.ts';
import { lockConfiguration } from '../../src/store/configuration_write.ts';
import type { Queryable } from '../../src/store/database.ts';
import { adminConfiguration } from '../support/administrators.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sql, waitForLockWaiters } from '../support/sql.ts';
import { storeAccount } from '../support/stored_facts.ts';

const origin = { actor: 'operator' };
type Change = (tx: Queryable, configuration: LoadedConfiguration, accountId: string) => Promise<unknown>;

/** Whatever takes an administrator away. */
const removals: Record<string, Change> = {
  disable: (tx, configuration, accountId) => disableAccount(tx, configuration, accountId, origin),
  delete: (tx, configuration, accountId) => deleteAccount(tx, configuration, accountId, origin),
  'set-roles': (tx, configuration, accountId) =>
    setRoles(tx, configuration, { accountId, roles: ['admin'] }, ['member'], origin),
};

describe('keepAdministrator', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
    await test.apply({ ...adminConfiguration(), users: undefined });
  });
  afterEach(async () => {
    await sql(test.database, 'delete from account_roles');
  });
  after(() => test.drop());

  /** As the command line and the API do it: what rules is read under the lock. */
  const change = (how: Change, accountId: string, held = async () => {}) =>
    test.database.transaction(async (tx) => {
      await lockConfiguration(tx);
      const configuration = await loadConfiguration(tx);
      return await keepAdministrator(tx, configuration, async () => {
        await how(tx, configuration, accountId);
        await held();
      });
    });
  const isRefused = (error: unknown) => error instanceof Problem && error.code === 'last_administrator';
  const isKept = async () => hasAdministrator(test.database, await loadConfiguration(test.database));

  for (const [what, how] of Object.entries(removals)) {
    it(`refuses to ${what} the last one, and writes nothing`, async () => {
      const last = await storeAccount(test.database, ['admin']);
      const before = await snapshot(test.database);
      await assert.rejects(change(how, last), isRefused);
      assert.deepEqual(await snapshot(test.database), before);
    });

    it(`lets one ${what} where another is left, and anybody who is none`, async () => {
      const [one, other, member] = [
        await storeAccount(test.database, ['admin']),
        await storeAccount(test.database, ['admin']),
        await storeAccount(test.database, ['member']),
      ];
      await change(how, one);
      await change(how, member);
      await assert.rejects(change(how, other), isRefused);
    });
  }

  it('counts no administrator who is disabled', async () => {
    const [one, other] = [
      await storeAccount(test.database, ['admin']),
      await storeAccount(test.database, ['admin']),
    ];
    await change(removals.disable as Change, one);
    await assert.rejects(change(removals.delete as Change, other), isRefused);
    await test.database.transaction((tx) => enableAccount(tx, one, origin));
    await change(removals.delete as Change, other);
    assert.ok(await isKept());
  });

  it('keeps nobody where there was nobody before', async () => {
    const member = await storeAccount(test.database, ['member']);
    assert.equal(await isKept(), false);
    await change(removals.disable as Change, member);
  });

  it('leaves one of two who take each other away at once, whoever comes first', async () => {
    const names = Object.keys(removals);
    for (const first of names)
      for (const second of names) {
        const [one, other] = [
          await storeAccount(test.database, ['admin']),
          await storeAccount(test.database, ['admin']),
        ];
        let later: Promise<unknown> = Promise.resolve();
        // The second begins once the first has done it and not yet committed.
        await change(removals[first] as Change, one, async () => {
          later = change(removals[second] as Change, other);
          later.catch(() => undefined);
          await waitForLockWaiters(test.database, 1);
        });
        await assert.rejects(later, isRefused, `${first}, then ${second}`);
        assert.ok(await isKept());
        await sql(test.database, 'delete from account_roles');
      }
  });

  it('leaves exactly one of eight, however their removals fall together', async () => {
    const eight = await Promise.all(Array.from({ length: 8 }, () => storeAccount(test.database, ['admin'])));
    const ways = Object.values(removals);
    const outcomes = await Promise.allSettled(
      eight.map((accountId, index) => change(ways[index % ways.length] as Change, accountId)),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.deepEqual(
      refused.map(({ reason }) => isRefused(reason)),
      [true],
    );
    assert.ok(await isKept());
  });
});
