import assert from 'node:assert/strict';
import argon2 from 'argon2';
import { hashPassword, isOutdatedHash } from '../../src/credentials/passwords.ts';
import { addAccount } from '../../src/operations/add_account.ts';
import { changePassword } from '../../src/operations/change_password.ts';
import type { PasswordChange } from '../../src/operations/change_password.ts';
import { signIn } from '../../src/operations/sign_in.ts';
import { findAccountById, findPasswordHash } from '../../src/store/accounts.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { findEnd, storeFamily, storeSession } from '../support/stored_facts.ts';

const old = 'tin kettle moss';
const next = 'harbour lamp fern';

describe('a change of password', () => {
  let test: OperationTest;
  let username: string;
  let accountId: string;
  let own: string;
  let people = 0;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    people += 1;
    username = `person-${people}`;
    accountId = await test.database.transaction((tx) =>
      addAccount(tx, test.configuration, { username, password: old, roles: ['member'] }, {}),
    );
    own = await storeSession(test.database, { accountId });
  });

  const change = (wanted: Partial<PasswordChange> = {}) =>
    changePassword(
      test.database,
      test.configuration,
      { accountId, keeps: own, current: old, next, usedAlone: true, serviceName: 'Curfew', ...wanted },
      { address: '192.0.2.1' },
    );
  const mayEnter = async (password: string) =>
    (await signIn(test.database, { username, password }, {})).accepted;
  const names = async () => (await listAccountEvents(test.database, accountId)).map(({ name }) => name);

  it('lets in by the new one alone, and makes a new version of the account', async () => {
    const before = await findAccountById(test.database, accountId);
    assert.deepEqual(await change(), { changed: true });
    assert.deepEqual([await mayEnter(old), await mayEnter(next)], [false, true]);
    const after = await findAccountById(test.database, accountId);
    assert.equal(after?.version, (before?.version ?? 0) + 1);
  });

  it('ends every other session and family, and spares the browser it was made in', async () => {
    const other = await storeSession(test.database, { accountId });
    const family = (sessionId: string, bound: boolean) =>
      storeFamily(test.database, { accountId, sessionId, bound });
    const theirs = [await family(other, true), await family(other, false)];
    const mine = [await family(own, true), await family(own, false)];
    await change();
    const reason = async (table: 'sessions' | 'families', id: string) =>
      (await findEnd(test.database, table, id)).reason;
    assert.equal(await reason('sessions', other), 'credential_changed');
    assert.equal(await reason('sessions', own), null);
    for (const { familyId } of theirs) assert.equal(await reason('families', familyId), 'credential_changed');
    for (const { familyId } of mine) assert.equal(await reason('families', familyId), null);
  });

  it('is in the trail, and told by mail', async () => {
    await change();
    assert.ok((await names()).includes('password.changed'));
    const mails = await sql(
      test.database,
      `select payload ->> 'mail' as mail, payload ->> 'address' as address from notices
       where payload ->> 'accountId' = $1`,
      accountId,
    );
    assert.deepEqual(mails, [{ mail: 'password_changed', address: '192.0.2.1' }]);
  });

  const refused: [what: string, wanted: Partial<PasswordChange>, reason: string][] = [
    ['a wrong current password', { current: 'harbour kettle' }, 'wrong'],
    ['one that is too short alone', { next: 'kettle moss' }, 'too_short'],
    ['the same one', { next: old }, 'same'],
    ['one made of the username', { next: 'person-person-person' }, 'about_you'],
    ['one made of the name of the service', { next: 'curfew-curfew-1234' }, 'about_you'],
  ];
  for (const [what, wanted, reason] of refused) {
    it(`is not made with ${what}`, async () => {
      const other = await storeSession(test.database, { accountId });
      const words = {
        ...wanted,
        ...(reason === 'about_you' ? { next: wanted.next?.replaceAll('person', username) ?? '' } : {}),
      };
      assert.deepEqual(await change(words), { changed: false, reason });
      assert.equal(await mayEnter(old), true);
      assert.equal((await findEnd(test.database, 'sessions', other)).reason, null);
      assert.ok(!(await names()).includes('password.changed'));
      assert.equal((await names()).includes('password.not_proved'), reason === 'wrong');
    });
  }

  it('may be to a shorter one where a second factor is always asked for', async () => {
    assert.deepEqual(await change({ next: 'kettle7moss', usedAlone: false }), { changed: true });
  });

  it('is made once by two who make it at once', async () => {
    const verdicts = await Promise.all([change(), change({ next: 'another lamp of fern' })]);
    assert.equal(verdicts.filter(({ changed }) => changed).length, 1);
  });
});

describe('a sign-in', () => {
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  async function storeHash(username: string, passwordHash: string) {
    const accountId = await test.database.transaction((tx) =>
      addAccount(tx, test.configuration, { username, roles: [] }, {}),
    );
    await sql(
      test.database,
      'update accounts set password_hash = $2 where account_id = $1',
      accountId,
      passwordHash,
    );
    const { version } = (await findAccountById(test.database, accountId)) ?? {};
    return { accountId, version };
  }

  it('makes a hash of weaker parameters anew, once, and keeps the version of the account', async () => {
    const weak = await argon2.hash(old, {
      type: argon2.argon2id,
      memoryCost: 1024,
      timeCost: 2,
      parallelism: 1,
    });
    const { accountId, version } = await storeHash('weak', weak);
    const enter = (password: string) => signIn(test.database, { username: 'weak', password }, {});
    assert.equal((await enter('wrong')).accepted, false);
    assert.equal(await findPasswordHash(test.database, accountId), weak, 'a wrong password makes none');
    assert.equal((await enter(old)).accepted, true);
    const strong = await findPasswordHash(test.database, accountId);
    assert.ok(strong && strong !== weak && !isOutdatedHash(strong));
    assert.equal((await enter(old)).accepted, true);
    assert.equal(await findPasswordHash(test.database, accountId), strong);
    assert.equal((await findAccountById(test.database, accountId))?.version, version);
  });

  it("leaves a hash of today's parameters alone", async () => {
    const hash = await hashPassword(old);
    const { accountId } = await storeHash('today', hash);
    await signIn(test.database, { username: 'today', password: old }, {});
    assert.equal(await findPasswordHash(test.database, accountId), hash);
  });
});
