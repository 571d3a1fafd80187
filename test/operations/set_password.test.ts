import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { addAccount } from '../../src/operations/add_account.ts';
import { changePassword } from '../../src/operations/change_password.ts';
import { deleteAccount } from '../../src/operations/delete_account.ts';
import { disableAccount, enableAccount } from '../../src/operations/disable_account.ts';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { openPasswordLink, setPasswordByLink } from '../../src/operations/set_password.ts';
import { signIn } from '../../src/operations/sign_in.ts';
import type { PasswordLinkPurpose } from '../../src/domain/password_links.ts';
import { deleteExpired } from '../../src/store/expired.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { findEnd, storeFamily, storeSession } from '../support/stored_facts.ts';

const old = 'tin kettle moss';
const next = 'harbour lamp fern';
const serviceName = 'Curfew';

describe('a one-time link to set a password', () => {
  let test: OperationTest;
  let username: string;
  let accountId: string;
  let people = 0;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    await test.clock.set(0);
    accountId = await addPerson({ password: old });
  });

  async function addPerson({ password }: { password?: string }): Promise<string> {
    people += 1;
    username = `person-${people}`;
    const user = { username, roles: ['member'], ...(password === undefined ? {} : { password }) };
    return await test.database.transaction((tx) => addAccount(tx, test.configuration, user, {}));
  }

  const issueFor = (purpose: PasswordLinkPurpose, seconds?: number) =>
    test.database.transaction((tx) =>
      issuePasswordLink(tx, { accountId, purpose, seconds, byOperator: true }, { actor: 'operator' }),
    );
  async function issue(purpose: PasswordLinkPurpose = 'forgotten'): Promise<string> {
    const link = await issueFor(purpose);
    assert.ok(link);
    return link.token;
  }
  const open = (token: string) => openPasswordLink(test.database, test.configuration, token);
  const use = (token: string, password = next) =>
    setPasswordByLink(
      test.database,
      test.configuration,
      { token, password, serviceName },
      { address: '192.0.2.1' },
    );
  const over = { set: false, reason: 'link_over' };
  const mayEnter = async (password: string) =>
    (await signIn(test.database, { username, password }, {})).accepted;
  const names = async () => (await listAccountEvents(test.database, accountId)).map(({ name }) => name);
  const mails = async () =>
    (
      await sql<{ mail: string }>(
        test.database,
        `select payload ->> 'mail' as mail from notices where payload ->> 'accountId' = $1`,
        accountId,
      )
    ).map(({ mail }) => mail);

  it('sets it once, ends every session and family, and is told by mail', async () => {
    const sessionId = await storeSession(test.database, { accountId });
    const families = [
      await storeFamily(test.database, { accountId, sessionId, bound: true }),
      await storeFamily(test.database, { accountId, sessionId, bound: false }),
    ];
    const token = await issue();
    assert.deepEqual(await use(token), { set: true });
    assert.deepEqual([await mayEnter(old), await mayEnter(next)], [false, true]);
    assert.equal((await findEnd(test.database, 'sessions', sessionId)).reason, 'credential_changed');
    for (const { familyId } of families)
      assert.equal((await findEnd(test.database, 'families', familyId)).reason, 'credential_changed');
    assert.deepEqual(await use(token, 'another lamp of fern'), over);
    assert.deepEqual([await mayEnter(next), await open(token)], [true, undefined]);
    const events = await listAccountEvents(test.database, accountId);
    const told = events
      .filter(({ name }) => name.startsWith('password'))
      .map(({ name, detail }) => [name, detail]);
    assert.deepEqual(told, [
      ['password_link.issued', { purpose: 'forgotten', seconds: 1800, actor: 'operator' }],
      ['password.set', { by: 'link', purpose: 'forgotten' }],
    ]);
    assert.deepEqual(await mails(), ['password_set']);
  });

  it('lets in who was invited and had no password, of which no mail tells', async () => {
    accountId = await addPerson({});
    assert.equal(await mayEnter(''), false);
    const token = await issue('invitation');
    assert.deepEqual(await open(token), { username, purpose: 'invitation', shortest: 15 });
    assert.deepEqual(await use(token), { set: true });
    assert.equal(await mayEnter(next), true);
    assert.deepEqual(await mails(), []);
  });

  it('is used once by any number who use it at once', async () => {
    const token = await issue();
    const passwords = [
      'harbour lamp fern 1',
      'harbour lamp fern 2',
      'harbour lamp fern 3',
      'harbour lamp fern 4',
    ];
    const verdicts = await Promise.all(passwords.map((password) => use(token, password)));
    assert.equal(verdicts.filter(({ set }) => set).length, 1);
    const entered = await Promise.all(passwords.map(mayEnter));
    assert.deepEqual(
      entered,
      verdicts.map(({ set }) => set),
      'the one who was told so has set it',
    );
    assert.equal((await names()).filter((name) => name === 'password.set').length, 1);
  });

  it('is as good after a look, and after a password that is refused', async () => {
    const token = await issue();
    await open(token);
    const refusals: [string, string][] = [
      ['kettle moss', 'too_short'],
      ['k'.repeat(1025), 'too_long'],
      [`${username}-${username}`, 'about_you'],
      ['passwordpassword', 'common'],
    ];
    for (const [password, reason] of refusals)
      assert.deepEqual(await use(token, password), { set: false, reason });
    assert.deepEqual(await use(token), { set: true });
  });

  it('is good until its moment, and not at it', async () => {
    for (const [purpose, seconds] of [
      ['forgotten', 1800],
      ['invitation', 259_200],
    ] as const) {
      await test.clock.set(0);
      const token = await issue(purpose);
      await test.clock.set(seconds - 1);
      assert.ok(await open(token));
      await test.clock.set(seconds);
      assert.deepEqual([await open(token), await use(token)], [undefined, over]);
    }
    await test.clock.set(0);
    const short = await issueFor('forgotten', 60);
    await test.clock.set(60);
    assert.equal(await open(short?.token ?? ''), undefined);
  });

  it('dies with a newer one, and with any other change of the password', async () => {
    const first = await issue();
    const second = await issue('invitation');
    assert.deepEqual([await open(first), (await open(second))?.purpose], [undefined, 'invitation']);
    const keeps = await storeSession(test.database, { accountId });
    const change = { accountId, keeps, current: old, next, usedAlone: true, serviceName };
    assert.deepEqual(await changePassword(test.database, test.configuration, change, {}), { changed: true });
    assert.deepEqual(await use(second), over);
    const third = await issue();
    await test.apply({ users: [{ username, password: 'set by a file' }] });
    assert.deepEqual(await use(third), over);
  });

  it('is neither made for nor good for an account that is disabled or deleted', async () => {
    const token = await issue();
    await test.database.transaction((tx) => disableAccount(tx, test.configuration, accountId, {}));
    assert.deepEqual([await use(token), await issueFor('forgotten')], [over, undefined]);
    await test.database.transaction((tx) => enableAccount(tx, accountId, {}));
    assert.equal(await open(token), undefined, 'enabling an account again revives nothing');
    await test.database.transaction((tx) => deleteAccount(tx, test.configuration, accountId, {}));
    assert.deepEqual([await use(token), await issueFor('forgotten')], [over, undefined]);
    assert.deepEqual(
      await sql(test.database, 'select from password_links where account_id = $1', accountId),
      [],
    );
  });

  it('is stored as a hash, and deleted when it is too old', async () => {
    await sql(test.database, 'delete from password_links');
    const token = await issue();
    const stored = () => sql<{ token_hash: Buffer }>(test.database, 'select * from password_links');
    assert.deepEqual((await stored())[0]?.token_hash, hashToken(token));
    assert.ok(!JSON.stringify(await stored()).includes(token));
    await test.clock.set(1799);
    await deleteExpired(test.database);
    assert.equal((await stored()).length, 1);
    await test.clock.set(1801);
    await deleteExpired(test.database);
    assert.equal((await stored()).length, 0);
  });
});
