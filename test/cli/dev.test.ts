import assert from 'node:assert/strict';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopOrphan } from '../../src/dev/postgres_orphan.ts';
import { endProcesses, runCurfew, startDev } from '../support/process_curfew.ts';
import type { Running } from '../support/process_curfew.ts';
import { listLeftovers, waitUntilGroupIsGone } from '../support/process_left.ts';
import { findPortPair } from '../support/ports.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';

const offline = {
  scope: 'openid profile email offline_access orders.read',
  prompt: 'consent',
  resource: 'https://orders.example.com',
};

describe('curfew dev', () => {
  let directory: string;
  let env: Record<string, string>;
  let issuer: string;
  let demoUrl: string;
  let running: Running;
  let passwords: Passwords;
  let kept: Tokens;

  before(async () => {
    directory = realpathSync(await mkdtemp(path.join(tmpdir(), 'curfew-dev-')));
    const port = await findPortPair();
    env = { CURFEW_DATA_DIR: directory, CURFEW_PORT: String(port) };
    [issuer, demoUrl] = [`http://localhost:${port}`, `http://localhost:${port + 1}`];
    running = await startDev(env);
    report('first start', running);
  });
  after(async () => {
    await endProcesses();
    await stopOrphan(path.join(directory, 'postgres'));
    await rm(directory, { recursive: true, force: true });
  });

  const createDemoParty = (): Promise<RelyingParty> => {
    const secret = readDemoFile(directory).DEMO_CLIENT_SECRET ?? '';
    return createRelyingParty(issuer, { clientId: 'demo', secret });
  };
  const signIn = (party: RelyingParty, username: keyof Passwords) =>
    party.signIn(
      { username, password: passwords[username] },
      { ...offline, redirect_uri: `${demoUrl}/callback` },
    );

  it('says where it answers, where the demo app is and who may sign in, and then that it is ready', () => {
    const said = running.stdout();
    assert.ok(said.includes(`Curfew answers at ${issuer}\n`), said);
    assert.ok(said.includes(`The operators' console: ${issuer}/console\n`), said);
    assert.match(said, /development only/);
    assert.match(said, /begins with demo data: thirty days of a made-up company/);
    assert.ok(said.includes(`Open the demo app: ${demoUrl}\n`), said);
    passwords = readPasswords(said);
    assert.equal(new Set(Object.values(passwords)).size, 3);
    assert.ok(said.endsWith(`\nready ${issuer}\n`), said);
    assert.equal(running.issuer, issuer);
  });

  it('is ready, and so is the demo app', async () => {
    assert.equal((await fetch(`${issuer}/readyz`)).status, 200);
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    assert.equal(((await discovery.json()) as { issuer: string }).issuer, issuer);
    const page = await waitForAnswer(demoUrl);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<form|<a /);
  });

  it('lets the demo users in with the passwords it printed', async () => {
    const party = await createDemoParty();
    kept = await signIn(party, 'ada');
    for (const name of ['grace', 'olga'] as const) {
      const tokens = await signIn(await createDemoParty(), name);
      assert.notEqual(tokens.claims()?.sub, kept.claims()?.sub);
    }
    const wrong = { username: 'ada', password: passwords.grace };
    const stranger = await createDemoParty();
    await assert.rejects(
      stranger.signIn(wrong, { ...offline, redirect_uri: `${demoUrl}/callback` }),
      /refused/,
    );
  });

  it('keeps its secrets from other users', () => {
    for (const name of ['secret', 'demo.json', 'demo_operator.json'])
      assert.equal(statSync(path.join(directory, name)).mode & 0o777, 0o600, name);
    assert.ok(Buffer.from(readFileSync(path.join(directory, 'secret'), 'utf8'), 'base64').length >= 32);
  });

  it('refuses a second start on the same data directory in one line', async () => {
    const port = String(await findPortPair());
    const second = await runCurfew(['dev'], { ...env, CURFEW_PORT: port });
    assert.equal(second.code, 1);
    assert.equal(second.stdout, '');
    assert.match(
      second.stderr,
      new RegExp(`^Curfew already runs on \\S+ as process ${running.pid}: .*CURFEW_DATA_DIR.*\n$`),
    );
    assert.equal((await fetch(`${issuer}/readyz`)).status, 200);
  });

  it('ends at SIGINT with exit code 0 and leaves no process, even if npm hands the signal on once more', async () => {
    running.signal('SIGINT');
    running.signal('SIGTERM');
    const { code, stderr } = await running.ended;
    assert.deepEqual([code, stderr], [0, '']);
    await waitUntilGroupIsGone(running.pid);
    assert.deepEqual(listLeftovers(directory), []);
    await assert.rejects(fetch(demoUrl));
  });

  it('goes on with the same data: passwords, accounts, refresh tokens', async () => {
    running = await startDev(env);
    report('second start', running);
    assert.deepEqual(readPasswords(running.stdout()), passwords);
    const party = await createDemoParty();
    const refreshed = await party.refresh(kept.refresh_token ?? '');
    assert.ok(refreshed.refresh_token && refreshed.access_token);
    const again = await signIn(party, 'ada');
    assert.equal(again.claims()?.sub, kept.claims()?.sub);
  });

  it('does not let its demo app outlive it when it is killed, and the next start takes over', async () => {
    await waitForAnswer(demoUrl);
    running.signal('SIGKILL');
    await running.ended;
    await waitUntilGroupIsGone(running.pid);
    running = await startDev(env);
    const party = await createDemoParty();
    assert.equal((await signIn(party, 'ada')).claims()?.sub, kept.claims()?.sub);
    running.signal('SIGTERM');
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(listLeftovers(directory), []);
  });
});

interface Passwords {
  ada: string;
  grace: string;
  olga: string;
}

function readPasswords(said: string): Passwords {
  const [ada = '', grace = '', olga = ''] = ['ada', 'grace', 'olga'].map(
    (name) => new RegExp(` ${name} +(\\S{20,})`).exec(said)?.[1],
  );
  assert.ok(ada && grace && olga, said);
  return { ada, grace, olga };
}

function readDemoFile(directory: string): Record<string, string> {
  return JSON.parse(readFileSync(path.join(directory, 'demo.json'), 'utf8')) as Record<string, string>;
}

function report(what: string, { readyAfter }: Running): void {
  console.log(`      ${what}: ready after ${readyAfter.toFixed(2)} s`);
}

async function waitForAnswer(url: string): Promise<Response> {
  let answer: Response | undefined;
  await waitUntil(async () => {
    answer = await fetch(url).catch(() => undefined);
    return answer !== undefined;
  }, `${url} does not answer`);
  return answer ?? Response.error();
}
