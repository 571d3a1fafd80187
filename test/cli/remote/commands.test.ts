import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeConfiguration } from '../../../src/cli/export.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import { adminConfiguration } from '../../support/administrators.ts';
import { createFormBrowser } from '../../support/browser.ts';
import type { FormBrowser, Person } from '../../support/browser.ts';
import { ada, client, grace, shop } from '../../support/example_configuration.ts';
import { endProcesses, runCurfew, watchCurfew } from '../../support/process_curfew.ts';
import type { Finished } from '../../support/process_curfew.ts';
import { findFreePort } from '../../support/ports.ts';
import { createRelyingParty } from '../../support/relying_party.ts';
import { startTestServer } from '../../support/server.ts';
import type { TestServer } from '../../support/server.ts';

describe('commands with --url', () => {
  let server: TestServer;
  let stateHome: string;
  let browser: FormBrowser;
  let asked: number;
  const person: Person = { ...grace, authenticator: { secret: '', recoveryCodes: [] } };

  before(async () => {
    const configuration = adminConfiguration();
    const operators = client('operators', {
      scope: 'openid curfew:read curfew:write',
      metadata: {
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
    });
    server = await startTestServer({
      ...configuration,
      clients: new Map([...configuration.clients, ['operators', operators]]),
    });
    stateHome = mkdtempSync(join(tmpdir(), 'curfew-test-'));
    browser = createFormBrowser(server.issuer);
    asked = 0;
  });
  after(async () => {
    await endProcesses();
    rmSync(stateHome, { recursive: true });
    await server.stop();
  });

  /** Run a command; whenever it shows an address, do as it says. */
  async function curfew(...args: string[]): Promise<Finished> {
    return await curfewWith({}, ...args);
  }

  async function curfewWith(env: Record<string, string>, ...args: string[]): Promise<Finished> {
    const approvals: Promise<void>[] = [];
    const finished = await watchCurfew(
      [...args, '--url', server.issuer],
      { XDG_STATE_HOME: stateHome, ...env },
      (text) => {
        const address = /^Open (\S+)$/m.exec(text)?.[1];
        if (address) approvals.push(approve(address));
      },
    );
    await Promise.all(approvals);
    return finished;
  }

  async function approve(address: string): Promise<void> {
    asked += 1;
    const entry = await browser.open(address);
    const confirm = await browser.submit(entry, /device$/, {});
    let page = await browser.submit(confirm, /device$/, { confirm: 'yes' });
    for (let next: typeof page | undefined = page; next; next = await browser.answer(page, person))
      page = next;
    assert.match(page.text, /Your device is connected/);
  }

  const answer = async (...args: string[]) => {
    const { code, stdout, stderr } = await curfew(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown>[] & Record<string, unknown>;
  };

  it('sign in once, and ask again where a change needs a fresh factor', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    const listed = await answer('session', 'list', '--user', 'ada');
    assert.deepEqual(
      listed.map(({ kind, username }) => [kind, username]),
      [['session', 'ada']],
    );
    assert.equal((await answer('user', 'show', 'ada')).username, 'ada');
    assert.equal(asked, 1, 'it kept its tokens');

    const ended = await curfew('session', 'end', String(listed[0]?.id));
    assert.deepEqual([ended.code, ended.stdout], [0, 'sessions:  1\nfamilies:  1\n']);
    assert.equal(asked, 2);
    await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  });

  it('say in one line what the server refuses, and what it does not know', async () => {
    const unknown = await curfew('user', 'show', 'somebody-else');
    assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
    assert.match(unknown.stderr, /There is no account named somebody-else\.\n$/);
    const refused = await curfew('user', 'set-roles', 'ada', 'no-such-role');
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^There is no role .*no-such-role.*\n$/);
    assert.equal(asked, 2);
  });

  it('answer what there is to ask, as the API has it', async () => {
    assert.ok((await answer('client', 'list')).some(({ client_id: id }) => id === 'shop'));
    assert.equal((await answer('client', 'show', 'shop')).client_id, 'shop');
    const explained = await answer(
      'policy',
      'explain',
      '--user',
      'ada',
      '--client',
      'shop',
      '--scope',
      'openid email',
    );
    assert.ok(Array.isArray(explained.session));
    assert.ok((await answer('policy', 'list')).some(({ role }) => role === 'admin'));
    const [newest] = await answer('policy', 'history', '--limit', '1');
    assert.deepEqual((await answer('policy', 'diff', String(newest?.version))).differences, []);
    const keys = await answer('keys', 'list');
    assert.ok(
      keys.some(({ algorithm, state }) => algorithm === 'ES256' && state === 'current'),
      JSON.stringify(keys),
    );
    assert.ok(Array.isArray(await answer('report', 'timeouts', '--since', '8h', '--by', 'client')));
    const { rows, held } = await answer('report', 'usage', '--weight', '2');
    assert.ok(Array.isArray(rows) && Array.isArray(held));
    assert.deepEqual(await answer('notice', 'list', '--dead'), []);
    assert.equal((await answer('audit', 'list', '--limit', '3', '--since', '1h')).length, 3);
    const listed = await curfew('user', 'list');
    assert.match(listed.stdout, /^username +disabled +roles +email +account_id\nada +false +member/);
    assert.equal(asked, 2);
  });

  it('add an app by its kind, with the secret that the server made', async () => {
    const web = await answer(
      'client',
      'add',
      'web-app',
      '--kind',
      'web',
      '--redirect-uri',
      'https://a.example/cb',
    );
    assert.match(String(web.client_secret), /^[\w-]{43}$/);
    const tool = await answer('client', 'add', 'tool', '--kind', 'device');
    assert.deepEqual([tool.has_secret, 'client_secret' in tool], [false, false]);
    assert.deepEqual(await answer('client', 'remove', 'tool'), { ended: { families: 0 } });
    const refused = await curfew('client', 'add', 'spa-app', '--kind', 'spa');
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, /^error: spa needs --redirect-uri/);
  });

  it('add somebody who chooses the password by a link: none goes to the server', async () => {
    const added = await answer('user', 'add', 'emmy', '--role', 'member', '--email', 'emmy@example.com');
    assert.deepEqual([added.username, added.roles], ['emmy', ['member']]);
    assert.match(String(added.url), new RegExp(`^${server.issuer}/set-password`));
    const link = await answer('user', 'password-link', 'emmy', '--valid-for', '90s');
    assert.equal(link.expires_in, 90);
    const later = await answer('user', 'list', '--after', 'emmy');
    assert.deepEqual(
      later.map(({ username }) => username),
      ['grace', 'joan', 'nobody'],
    );
    const refused = await curfew('user', 'set-password', 'emmy');
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /^error: user set-password does not go with --url: no password goes to a server: .*password-link/,
    );
    assert.doesNotMatch((await runCurfew(['user', 'set-password', '--help'])).stdout, /--url/);
  });

  it('apply a file, with hashes of its secrets, and write it back', async () => {
    const [file, written] = [join(stateHome, 'a.yaml'), join(stateHome, 'b.yaml')];
    assert.equal((await curfew('export', '--output', file)).code, 0);
    // The clients of the tests lack what a file always says.
    assert.equal((await curfew('apply', file)).code, 0);
    const robot = '{ client_id: robot, client_secret_env: ROBOT, grant_types: [client_credentials] }';
    const text = readFileSync(file, 'utf8').replace(/^clients:$/m, `clients:\n  - ${robot}`);
    writeFileSync(file, `${text}\nusers:\n  - { username: ada, name: Ada L. }\n`);
    const env = { ROBOT: 'a secret of more than sixteen' };
    const dry = await curfewWith(env, 'apply', file, '--dry-run');
    assert.deepEqual(
      [dry.code, dry.stderr.trimEnd().split('\n').at(-1)],
      [0, 'Nothing was written: this was a dry run.'],
      dry.stderr,
    );
    assert.match(dry.stdout, /^clients\n {2}\+ robot$/m);
    assert.equal((await curfewWith({}, 'apply', file)).code, 1, 'a secret is missing here');
    const done = await curfewWith(env, 'apply', file, '--message', 'A robot');
    assert.deepEqual([done.code, done.stdout], [0, dry.stdout], done.stderr);
    const [newest] = await answer('policy', 'history', '--limit', '1');
    assert.deepEqual([newest?.message, newest?.username], ['A robot', 'grace']);
    const again = await curfewWith(env, 'apply', file);
    assert.deepEqual([again.code, again.stdout], [0, '']);
    assert.match(again.stderr, /^Nothing to change\.$/m);
    assert.equal((await curfew('export', '--output', written)).code, 0);
    assert.equal(
      readFileSync(written, 'utf8'),
      describeConfiguration(await loadConfiguration(server.database), { schema: 'curfew.schema.json' }),
    );
    assert.ok(!readFileSync(written, 'utf8').includes('sha256'));

    writeFileSync(file, 'users:\n  - { username: ada, password_env: ROBOT }\n');
    const refused = await curfewWith(env, 'apply', file);
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^users \(ada\)\.password_env: no password goes to a server/);
  });

  it('export the trail, with the checkpoint at its end, and verify it', async () => {
    const exported = await curfew('audit', 'export', '--since', '1h');
    assert.equal(exported.code, 0, exported.stderr);
    const lines = exported.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(Object.keys(lines.at(-1) ?? {}), ['checkpoint']);
    assert.ok(lines.length > 10 && lines.slice(0, -1).every(({ event_id: id }) => typeof id === 'string'));
    const { events, checkpoint } = await answer('audit', 'export', '--event', 'account.created');
    assert.deepEqual(
      new Set((events as { name: string }[]).map(({ name }) => name)),
      new Set(['account.created']),
    );
    assert.ok(checkpoint !== undefined);
    const verified = await curfew('audit', 'verify');
    assert.equal(verified.code, 0, verified.stderr);
    const foreign = await curfew('audit', 'verify', '--checkpoint', `1:${'0'.repeat(64)}`);
    assert.equal(foreign.code, 1);
    assert.match(foreign.stderr, /The checkpoint 1:0+ is not in the trail/);
  });

  it('tell what the controls found and what a month brought, as a page', async () => {
    assert.deepEqual((await answer('report', 'controls')).findings, []);
    const file = join(stateHome, 'month.html');
    assert.equal((await curfew('report', 'monthly', '--output', file)).code, 0);
    assert.match(readFileSync(file, 'utf8'), /^<!doctype html>[^]*<\/html>\s*$/i);
    const mailed = await curfew('report', 'monthly', '--mail', 'a@example.com');
    assert.equal(mailed.code, 2);
    assert.match(mailed.stderr, /^error: --mail has no meaning with --url/);
    assert.match((await curfew('report', 'compliance', '--html')).stdout, /^<!doctype html>/i);
  });

  it('tell by the exit code that a baseline is missed, as those on the database do', async () => {
    const { code, stdout, stderr } = await curfew('report', 'compliance');
    const missed = /^(\d+) requirements are neither met nor justified\.$/m.exec(stderr)?.[1];
    assert.deepEqual([code, missed === undefined], [/ fail$/m.test(stdout) ? 1 : 0, !/ fail$/m.test(stdout)]);
  });

  it('refuse options that only the database can answer, and a server that is none', async () => {
    const unfit = await curfew('keys', 'rotate', '--at-rest');
    assert.deepEqual(
      [unfit.code, unfit.stderr.split('\n')[0]],
      [2, 'error: --at-rest has no meaning with --url'],
    );
    const url = `http://localhost:${await findFreePort()}`;
    const elsewhere = await runCurfew(['session', 'list', '--url', url], { XDG_STATE_HOME: stateHome });
    assert.equal(elsewhere.code, 1);
    assert.match(
      elsewhere.stderr,
      /^http:\/\/localhost:\d+\/ does not answer as Curfew does: .*ECONNREFUSED/,
    );
  });

  it('keep their tokens where nobody else reads them, until logout', async () => {
    const [file] = readdirSync(join(stateHome, 'curfew'));
    assert.equal(statSync(join(stateHome, 'curfew', file ?? '')).mode & 0o777, 0o600);
    assert.equal((await curfew('logout')).code, 0);
    assert.deepEqual(readdirSync(join(stateHome, 'curfew')), []);
  });
});
