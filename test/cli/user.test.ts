import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { verifyPassword } from '../../src/credentials/passwords.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { attemptSignIn } from '../../src/operations/attempt_sign_in.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import type { Finished } from '../support/process_curfew.ts';
import { listEventNames, storeFamily, storeSession } from '../support/stored_facts.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';

const password = 'battery staple horse';

describe('curfew user', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    const configuration = { ...exampleConfiguration(), users: undefined };
    await test.database.transaction((tx) => applyConfiguration(tx, configuration, { origin: {} }));
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  const user = (args: string[], input?: string) =>
    runCurfew(['user', ...args], { CURFEW_DATABASE_URL: test.serverUrl }, input);
  const find = () =>
    sqlOne<StoredUser>(
      test.database,
      `select a.account_id as id, username, email, name, password_hash as hash, disabled_at is not null as disabled,
         array(select role from account_roles r where r.account_id = a.account_id order by role) as roles
       from accounts a where username = 'emmy'`,
    );

  it('adds an account, whose password it reads from standard input', async () => {
    const options = ['--role', 'member', 'admin', '--email', 'emmy@example.com', '--name', 'Emmy N.'];
    const added = await user(['add', 'emmy', ...options], `${password}\n`);
    const { id, hash, ...account } = await find();
    assert.deepEqual([added.code, added.stdout, added.stderr], [0, `emmy is ${id}.\n`, '']);
    assert.deepEqual(account, {
      username: 'emmy',
      email: 'emmy@example.com',
      name: 'Emmy N.',
      disabled: false,
      roles: ['admin', 'member'],
    });
    assert.ok(await verifyPassword(hash, password));
  });

  it('refuses in one line what cannot be done, and changes nothing', async () => {
    const before = await snapshot(test.database);
    const refusals: [Promise<Finished>, RegExp][] = [
      [user(['add', 'emmy'], password), /already an account named emmy/],
      [user(['add', 'EMMY'], password), /already an account named EMMY/],
      [user(['add', 'new', '--role', 'chief'], password), /no role chief.*admin.*member/],
      [user(['add', 'new'], 'seven77\n'), /at least 8 characters/],
      [user(['add', 'new'], ''), /at least 8 characters/],
      [user(['set-roles', 'emmy', 'member', 'chief']), /no role chief/],
      [user(['set-roles', 'nobody']), /no account named nobody/],
      [user(['disable', 'nobody']), /no account named nobody/],
      [user(['enable', 'nobody']), /no account named nobody/],
      [user(['delete', 'nobody']), /no account named nobody/],
      [user(['reset-mfa', 'nobody']), /no account named nobody/],
    ];
    for (const [running, reason] of refusals) {
      const { code, stdout, stderr } = await running;
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, reason);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('replaces roles, also by none', async () => {
    const one = await user(['set-roles', 'emmy', 'admin']);
    assert.deepEqual([one.code, one.stdout, one.stderr], [0, 'emmy has admin.\n', '']);
    assert.deepEqual((await find()).roles, ['admin']);
    const none = await user(['set-roles', 'emmy']);
    assert.deepEqual([none.code, none.stdout], [0, 'emmy has no roles.\n']);
    assert.deepEqual((await find()).roles, []);
  });

  it('disables an account with all that is open, and enables it without reviving any of it', async () => {
    const { id: accountId } = await find();
    const sessionId = await storeSession(test.database, { accountId });
    await storeFamily(test.database, { accountId, sessionId, bound: true });
    await storeFamily(test.database, { accountId, sessionId, bound: false });
    const disabled = await user(['disable', 'emmy']);
    assert.equal(disabled.code, 0, disabled.stderr);
    assert.equal(disabled.stdout, 'emmy is disabled; ended 1 sessions and 2 families.\n');
    assert.equal((await find()).disabled, true);
    const again = await user(['disable', 'emmy', '--json']);
    assert.deepEqual(JSON.parse(again.stdout), { accountId, username: 'emmy', sessions: 0, families: 0 });
    const enabled = await user(['enable', 'emmy']);
    assert.deepEqual([enabled.code, enabled.stdout], [0, 'emmy is enabled.\n']);
    assert.equal((await find()).disabled, false);
    const ends = await sql(
      test.database,
      `select count(*)::int as count, reason from (
         select end_reason as reason from sessions union all select end_reason from families
       ) ends group by reason`,
    );
    assert.deepEqual(ends, [{ count: 3, reason: 'account_disabled' }]);
    const names = await listEventNames(test.database);
    for (const name of ['account.disabled', 'account.enabled']) {
      assert.equal(names.filter((other) => other === name).length, 1, name);
    }
  });

  it('removes the second factors', async () => {
    const { id } = await find();
    await sql(
      test.database,
      `insert into totp_factors (factor_id, account_id, session_id, name, secret_sealed, confirmed_at)
       values ($1, $2, 'a session', 'phone', 'sealed', curfew_now())`,
      randomUUID(),
      id,
    );
    await sql(test.database, `insert into recovery_codes (account_id, code_hash) values ($1, '\\x00')`, id);
    const reset = await user(['reset-mfa', 'emmy']);
    assert.equal(reset.code, 0, reset.stderr);
    assert.match(
      reset.stdout,
      /^emmy has no second factor any more; removed 1 authenticator app or passkey, and the recovery codes\.\n$/,
    );
    const { totp_factors: factors, recovery_codes: codes } = await snapshot(test.database);
    assert.deepEqual([factors, codes], [[], []]);
  });

  it('shows how passwords were tried, and forgets the wrong ones', async () => {
    for (let tries = 0; tries < 3; tries += 1) {
      const limits = { sign_in_account: { most: 2, seconds: 900 } };
      await attemptSignIn(test.database, limits, { username: 'EMMY', password: 'wrong' }, {});
    }
    const show = async () => JSON.parse((await user(['show', 'emmy', '--json'])).stdout) as Guessed;
    const shown = await show();
    assert.equal(shown.wrongPasswords?.count, 2);
    assert.ok(shown.wrongPasswords.blockedUntil);
    const unlocked = await user(['unlock', 'emmy']);
    assert.equal(unlocked.code, 0, unlocked.stderr);
    assert.equal(unlocked.stdout, 'emmy may be tried again; forgotten are 2 wrong passwords.\n');
    assert.equal((await show()).wrongPasswords, null);
    const again = JSON.parse((await user(['unlock', 'emmy', '--json'])).stdout) as { failures: number };
    assert.equal(again.failures, 0);
    assert.equal((await user(['unlock', 'nobody'])).code, 1);
  });

  it('deletes an account, in the trail too', async () => {
    const { id } = await find();
    const deleted = await user(['delete', 'emmy']);
    assert.equal(deleted.code, 0, deleted.stderr);
    assert.match(
      deleted.stdout,
      /^emmy is deleted; ended \d+ sessions and \d+ families; erased from \d+ events of the trail\.\n$/,
    );
    assert.deepEqual(await sql(test.database, 'select from audit_events where account_id = $1', id), []);
    assert.equal((await user(['delete', 'emmy'])).code, 1);
  });
});

interface Guessed {
  wrongPasswords: { count: number; blockedUntil: string | null } | null;
}

interface StoredUser {
  id: string;
  username: string;
  email: string;
  name: string;
  hash: string;
  disabled: boolean;
  roles: string[];
}
