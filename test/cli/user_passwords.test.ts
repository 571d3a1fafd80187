import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { signIn } from '../../src/operations/sign_in.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { setPasswordByLink } from '../../src/operations/set_password.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { snapshot, sql } from '../support/sql.ts';
import { findEnd, storeSession } from '../support/stored_facts.ts';

const issuer = 'https://login.example.com';
const password = 'harbour lamp fern';

interface Told {
  accountId: string;
  username: string;
  link: string;
  seconds: number;
  mailedTo: string;
}

describe('curfew user, for people without a password', function passwords() {
  this.timeout(120_000);
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

  const smtp = { CURFEW_SMTP_URL: 'smtp://127.0.0.1:9', CURFEW_MAIL_FROM: 'login@example.com' };
  const user = (args: string[], { input, env }: { input?: string; env?: Record<string, string> } = {}) =>
    runCurfew(
      ['user', ...args],
      { CURFEW_DATABASE_URL: test.serverUrl, CURFEW_ISSUER: issuer, ...env },
      input,
    );
  async function read<Document = Told>(args: string[], env?: Record<string, string>): Promise<Document> {
    const { code, stdout, stderr } = await user([...args, '--json'], env ? { env } : {});
    assert.deepEqual([code, stderr], [0, '']);
    return JSON.parse(stdout) as Document;
  }
  const enter = async (username: string, secret: string) =>
    (await signIn(test.database, { username, password: secret }, {})).accepted;
  const readToken = (link: string) => {
    assert.ok(link.startsWith(`${issuer}/set-password?token=`), link);
    return new URL(link).searchParams.get('token') ?? '';
  };
  const use = async (link: string) =>
    setPasswordByLink(
      test.database,
      await loadConfiguration(test.database),
      { token: readToken(link), password, serviceName: 'Curfew' },
      {},
    );
  const mails = () =>
    sql<{ mail: string; id: string }>(
      test.database,
      `select payload ->> 'mail' as mail, payload ->> 'accountId' as id from notices order by queued_at`,
    );

  it('invites somebody, who cannot sign in before they have chosen a password', async () => {
    const invited = await user(['invite', 'emmy', '--role', 'member', '--email', 'emmy@example.com']);
    assert.equal(invited.code, 0, invited.stderr);
    assert.match(invited.stderr, /^emmy is [0-9a-f-]+\. The link works once, for 3 days;/);
    assert.equal(await enter('emmy', ''), false);
    assert.match((await user(['list'])).stdout, /^emmy {2}invited {2}member {2}emmy@example\.com {2}/m);
    assert.deepEqual(await use(invited.stdout.trimEnd()), { set: true });
    assert.equal(await enter('emmy', password), true);
    assert.match((await user(['list'])).stdout, /^emmy {2}active /m);
  });

  it('makes a link for who forgot their password, as long as it says, and of two the newer is good', async () => {
    const first = await read(['password-link', 'EMMY']);
    assert.deepEqual([first.username, first.seconds], ['emmy', 1800]);
    const second = await read(['password-link', 'emmy', '--valid-for', '2h']);
    assert.equal(second.seconds, 7200);
    assert.deepEqual(await use(first.link), { set: false, reason: 'link_over' });
    const stored = await sql<{ hash: Buffer; seconds: number; purpose: string }>(
      test.database,
      `select token_hash as hash, extract(epoch from expires_at - created_at)::int as seconds, purpose
       from password_links`,
    );
    const hash = hashToken(readToken(second.link));
    assert.deepEqual(stored, [{ hash, seconds: 7200, purpose: 'forgotten' }]);
  });

  it('queues a mail instead, for which the server makes the link', async () => {
    const lin = await read(['invite', 'lin', '--email', 'lin@example.com', '--mail'], smtp);
    const emmy = await read(['password-link', 'emmy', '--mail'], smtp);
    assert.deepEqual([lin.mailedTo, emmy.mailedTo], ['lin@example.com', 'emmy@example.com']);
    assert.deepEqual(await mails(), [
      { mail: 'password_invitation', id: lin.accountId },
      { mail: 'password_forgotten', id: emmy.accountId },
    ]);
  });

  it('sets a password that it reads from standard input, and ends what the old one gave', async () => {
    const { accountId } = await read<{ accountId: string }>(['show', 'emmy']);
    const sessionId = await storeSession(test.database, { accountId });
    const secret = 'a kettle of moss and tin';
    const { code, stdout, stderr } = await user(['set-password', 'emmy'], { input: `${secret}\n` });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'emmy has a new password, and is signed out everywhere.\n');
    assert.deepEqual([await enter('emmy', password), await enter('emmy', secret)], [false, true]);
    assert.equal((await findEnd(test.database, 'sessions', sessionId)).reason, 'credential_changed');
    assert.deepEqual(
      await sql(test.database, 'select from password_links where account_id = $1', accountId),
      [],
    );
    assert.deepEqual((await mails()).at(-1), { mail: 'password_set', id: accountId });
    const told = await sql(
      test.database,
      `select detail from audit_events where name = 'password.set' order by event_id desc limit 1`,
    );
    assert.deepEqual(told, [{ detail: { by: 'operator', actor: 'operator' } }]);
  });

  it('lists and shows accounts, without anything secret', async () => {
    const listed = await read<{ username: string }[]>(['list']);
    assert.deepEqual(
      listed.map(({ username }) => username),
      ['emmy', 'lin'],
    );
    assert.deepEqual(
      (await read<{ username: string }[]>(['list', '--after', 'emmy'])).map(({ username }) => username),
      ['lin'],
    );
    const { accountId, createdAt, ...lin } = await read<Record<string, unknown>>(['show', 'LIN']);
    assert.match(String(createdAt), /^\d{4}-.*Z$/);
    assert.ok(accountId);
    assert.deepEqual(lin, {
      username: 'lin',
      email: 'lin@example.com',
      name: null,
      roles: [],
      hasPassword: false,
      apps: 0,
      passkeys: 0,
      recoveryCodes: 0,
      disabledAt: null,
      passwordLink: null,
      knownDevices: 0,
      wrongPasswords: null,
    });
    const shown = await user(['show', 'lin']);
    assert.match(shown.stdout, /^state: no password$/m);
  });

  it('refuses in one line what cannot be done, and changes nothing', async () => {
    await user(['invite', 'maya']);
    await user(['disable', 'maya']);
    const before = await snapshot(test.database);
    const refusals: [Promise<{ code: number | null; stdout: string; stderr: string }>, RegExp, number][] = [
      [user(['invite', 'emmy']), /already an account named emmy/, 1],
      [user(['invite', 'new', '--role', 'chief']), /no role chief/, 1],
      [user(['invite', 'new'], { env: { CURFEW_ISSUER: '' } }), /CURFEW_ISSUER is missing/, 1],
      [user(['invite', 'new', '--mail'], { env: smtp }), /no e-mail address/, 1],
      [user(['invite', 'new', '--mail', '--email', 'a@example.com']), /CURFEW_SMTP_URL is missing/, 1],
      [user(['invite', 'new', '--mail', '--valid-for', '1h'], { env: smtp }), /leave out --valid-for/, 2],
      [user(['password-link', 'emmy', '--valid-for', '8d']), /at most 7d/, 2],
      [user(['password-link', 'nobody']), /no account named nobody/, 1],
      [user(['password-link', 'maya']), /maya is disabled/, 1],
      [user(['set-password', 'nobody'], { input: 'a kettle of moss' }), /no account named nobody/, 1],
      [user(['set-password', 'emmy'], { input: 'kettle moss' }), /too short.*15 characters/, 1],
      [user(['set-password', 'emmy'], { input: 'emmy@example.com' }), /your name/, 1],
      [user(['show', 'nobody']), /no account named nobody/, 1],
    ];
    for (const [running, reason, exit] of refusals) {
      const { code, stdout, stderr } = await running;
      assert.deepEqual([code, stdout], [exit, ''], stderr);
      assert.match(stderr, reason);
      if (exit === 1) assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
    assert.deepEqual(await snapshot(test.database), before);
  });
});
