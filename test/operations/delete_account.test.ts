import assert from 'node:assert/strict';
import { addAccount } from '../../src/operations/add_account.ts';
import { deleteAccount } from '../../src/operations/delete_account.ts';
import { queueMail } from '../../src/operations/queue_mail.ts';
import { findAccountById, findAccountByUsername } from '../../src/store/accounts.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql, snapshot } from '../support/sql.ts';
import { findEnd, storeFamily, storeSession } from '../support/stored_facts.ts';

describe('a deleted account', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  const user = {
    username: 'lovelace',
    name: 'Ada Lovelace',
    email: 'lovelace@example.com',
    password: 'battery staple horse',
    roles: ['member'],
  };
  const add = () => test.database.transaction((tx) => addAccount(tx, test.configuration, user, {}));
  const remove = (accountId: string) =>
    test.database.transaction((tx) =>
      deleteAccount(tx, test.configuration, accountId, { actor: 'operator', address: '192.0.2.9' }),
    );

  it('has lost all access, and its tokens keep the reason', async () => {
    const accountId = await add();
    const sessionId = await storeSession(test.database, { accountId });
    const { familyId } = await storeFamily(test.database, { accountId, sessionId, bound: false });
    const { sessions, families } = await remove(accountId);
    assert.deepEqual([sessions, families], [1, 1]);
    assert.equal((await findEnd(test.database, 'families', familyId)).reason, 'account_disabled');
    assert.equal(await findAccountById(test.database, accountId), undefined);
  });

  it('is nobody any more, in no table, and its name is free', async () => {
    const accountId = await add();
    await sql(
      test.database,
      `insert into totp_factors (factor_id, account_id, name, secret_sealed, session_id)
       values (gen_random_uuid(), $1, 'Lovelace phone', 's', 's')`,
      accountId,
    );
    const sessionId = await storeSession(test.database, { accountId });
    await sql(
      test.database,
      `update sessions set user_agent = 'Lovelace/1.0' where session_id = $1`,
      sessionId,
    );
    await test.database.transaction((tx) =>
      queueMail(tx, 'factors_removed', accountId, { address: '192.0.2.77' }),
    );
    assert.match(JSON.stringify(await snapshot(test.database)), /lovelace.*192\.0\.2\.77/i);
    await remove(accountId);
    assert.doesNotMatch(JSON.stringify(await snapshot(test.database)), /lovelace|192\.0\.2\.77/i);
    assert.equal(await findAccountByUsername(test.database, user.username), undefined);
    assert.notEqual(await add(), accountId);
  });

  it('is in the trail under a pseudonym, and nothing there leads to it', async () => {
    const found = await findAccountByUsername(test.database, user.username);
    const accountId = found?.account.accountId ?? (await add());
    const { events } = await remove(accountId);
    const trail = await sql<{ name: string; account_id: string }>(
      test.database,
      'select * from audit_events',
    );
    assert.doesNotMatch(JSON.stringify(trail), new RegExp(`${accountId}|192\\.0\\.2\\.9`));
    const last = trail.find(
      ({ name, account_id }) => name === 'account.erased' && account_id === trail.at(-1)?.account_id,
    );
    const own = trail.filter((event) => event.account_id === last?.account_id);
    assert.deepEqual(
      own.map(({ name }) => name),
      ['account.created', 'account.deleted', 'account.erased'],
    );
    assert.equal(events, 2);
  });
});
