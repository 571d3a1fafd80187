import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { verifyPassword } from '../../src/credentials/passwords.ts';
import type { DesiredUser } from '../../src/domain/configuration.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot } from '../support/sql.ts';
import { findEnd, storeFamily, storeSession } from '../support/stored_facts.ts';

const password = 'correct horse battery';

describe('users of a configuration that is applied', () => {
  let test: OperationTest;
  let username: string;
  let accountId: string;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    username = `ada-${randomUUID()}`;
    const full = { username, roles: ['admin'], email: 'ada@example.com', name: 'Ada', password };
    const { users } = await test.apply({ users: [full] });
    assert.deepEqual(users, [{ username, kind: 'added', fields: [] }]);
    accountId = (await find()).account.accountId;
  });

  const find = async () => {
    const found = await findAccountByUsername(test.database, username);
    assert.ok(found);
    return found;
  };
  const apply = async (user: Omit<DesiredUser, 'username'>) =>
    (await test.apply({ users: [{ username, ...user }] })).users;
  const eventNames = async () => (await listAccountEvents(test.database, accountId)).map(({ name }) => name);

  it('are left alone when they are as wanted, or when nothing is said of them', async () => {
    const before = await snapshot(test.database);
    const users = [
      { username, roles: ['admin'], email: 'ada@example.com', name: 'Ada', password },
      { username },
    ];
    assert.deepEqual((await test.apply({ users })).users, []);
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('stay when no file names them any more', async () => {
    await test.apply({ users: [] });
    assert.equal((await find()).account.disabled, false);
  });

  it('are found without regard to case', async () => {
    const { users } = await test.apply({ users: [{ username: username.toUpperCase(), name: 'Ada' }] });
    assert.deepEqual(users, []);
  });

  const changes: [
    change: Omit<DesiredUser, 'username'>,
    fields: string[],
    events: string[],
    version: number,
  ][] = [
    [{ email: 'other@example.com' }, ['email'], ['account.updated'], 0],
    [{ name: 'Ada L' }, ['name'], ['account.updated'], 0],
    [{ roles: ['member'] }, ['roles'], ['account.roles_changed'], 1],
    [{ password: 'another long password' }, ['password'], ['account.updated'], 1],
    [
      { roles: [], name: 'Ada L', password: 'another long password' },
      ['roles', 'name', 'password'],
      ['account.roles_changed', 'account.updated'],
      2,
    ],
  ];
  for (const [change, fields, events, versions] of changes) {
    it(`change in ${fields.join(', ')} alone, with ${events.join(' and ')}`, async () => {
      const { account: before } = await find();
      assert.deepEqual(await apply(change), [{ username, kind: 'changed', fields }]);
      const { account: after, passwordHash } = await find();
      const { password: wanted = password, ...facts } = change;
      assert.deepEqual(after, { ...before, version: before.version + versions, ...facts });
      assert.equal(await verifyPassword(passwordHash, wanted), true);
      assert.deepEqual(await eventNames(), ['account.created', ...events]);
    });
  }

  describe('with sessions and families', () => {
    let sessionId: string;
    let familyIds: string[];

    beforeEach(async () => {
      sessionId = await storeSession(test.database, { accountId, startedAgo: 700, activeAgo: 10 });
      const family = { accountId, sessionId, startedAgo: 700 };
      const bound = await storeFamily(test.database, { ...family, bound: true, activeAgo: 10 });
      const offline = await storeFamily(test.database, { ...family, bound: false, activeAgo: 10 });
      const idle = await storeFamily(test.database, { ...family, bound: false, activeAgo: 650 });
      familyIds = [bound, offline, idle].map(({ familyId }) => familyId);
    });

    const reasons = async () => {
      const ends = [await findEnd(test.database, 'sessions', sessionId)];
      for (const familyId of familyIds) ends.push(await findEnd(test.database, 'families', familyId));
      return ends.map(({ reason }) => reason);
    };

    it('lose them all by a changed password, but for what was over before', async () => {
      await apply({ password: 'another long password' });
      const changed = 'credential_changed';
      assert.deepEqual(await reasons(), [changed, changed, changed, 'idle_timeout']);
    });

    it('lose by other roles only what was over under the old ones', async () => {
      await apply({ roles: ['member'] });
      assert.deepEqual(await reasons(), [null, null, null, 'idle_timeout']);
    });

    it('are judged by the limits that stood, not by those that their old role gets at the same time', async () => {
      const { roles, policies } = exampleConfiguration();
      const lenient = { ...policies.get('member')?.limits, refresh_idle: 86_400 };
      const stood = new Map([...policies, ['lenient', { limits: lenient, baselines: [] }]]);
      const withRole = (name: string, policy: string) =>
        new Map([...(roles ?? []), [name, { name, policy }]]);
      await test.apply({ policies: stood, roles: withRole('guest', 'lenient') });
      await apply({ roles: ['guest'] });
      const { familyId } = await storeFamily(test.database, {
        accountId,
        sessionId,
        bound: false,
        startedAgo: 3000,
        activeAgo: 2000,
      });
      const next = new Map([
        ...withRole('guest', 'admin'),
        ['friend', { name: 'friend', policy: 'lenient' }],
      ]);
      await test.apply({ roles: next, users: [{ username, roles: ['friend'] }] });
      assert.equal((await findEnd(test.database, 'families', familyId)).reason, null);
    });

    it('keep them all when only name and address change', async () => {
      await apply({ name: 'Ada L', email: 'other@example.com', password });
      assert.deepEqual(await reasons(), [null, null, null, null]);
    });
  });
});
