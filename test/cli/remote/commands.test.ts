import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    const approvals: Promise<void>[] = [];
    const finished = await watchCurfew(
      [...args, '--url', server.issuer],
      { XDG_STATE_HOME: stateHome },
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
    assert.ok(Array.isArray(await answer('report', 'usage', '--weight', '2')));
    assert.deepEqual(await answer('notice', 'list', '--dead'), []);
    assert.equal((await answer('audit', 'list', '--limit', '3')).length, 3);
    const listed = await curfew('user', 'list');
    assert.match(listed.stdout, /^username +disabled +roles +email +account_id\nada +false +member/);
    assert.equal(asked, 2);
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
