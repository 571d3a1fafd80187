import assert from 'node:assert/strict';
import { readFileSync, realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopOrphan } from '../../src/dev/postgres_orphan.ts';
import { readDemoConfiguration } from '../../src/dev/demo.ts';
import { endProcesses, runCurfew, startDev } from '../support/process_curfew.ts';
import type { Running } from '../support/process_curfew.ts';
import { listLeftovers } from '../support/process_left.ts';
import { findPortPair } from '../support/ports.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';

const emmy = { username: 'emmy', password: 'battery staple horse' };

describe('a command on the embedded database', () => {
  let directory: string;
  let env: Record<string, string>;
  let running: Running;
  let party: RelyingParty;
  let tokens: Tokens;

  before(async () => {
    directory = realpathSync(await mkdtemp(path.join(tmpdir(), 'curfew-embedded-')));
    env = { CURFEW_DATA_DIR: directory, CURFEW_PORT: String(await findPortPair()) };
    running = await startDev(env);
    const demo = JSON.parse(readFileSync(path.join(directory, 'demo.json'), 'utf8')) as Record<
      string,
      string
    >;
    party = await createRelyingParty(running.issuer, {
      clientId: 'demo',
      secret: demo.DEMO_CLIENT_SECRET ?? '',
    });
  });
  after(async () => {
    await endProcesses();
    await stopOrphan(path.join(directory, 'postgres'));
    await rm(directory, { recursive: true, force: true });
  });

  const curfew = (args: string[], input?: string) => runCurfew(args, { CURFEW_DATA_DIR: directory }, input);

  it('works on the one that curfew dev runs: who is added can sign in', async () => {
    const added = await curfew(['user', 'add', emmy.username, '--role', 'member'], emmy.password);
    assert.equal(added.code, 0, added.stderr);
    const url = new URL(running.issuer);
    const redirectUri = `http://localhost:${Number(url.port) + 1}/callback`;
    tokens = await party.signIn(emmy, {
      redirect_uri: redirectUri,
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    assert.equal(`emmy is ${tokens.claims()?.sub}.\n`, added.stdout);
    assert.ok(timeoutOf(tokens) > 100 && timeoutOf(tokens) <= 120);
  });

  it('says of a report that it tells of demo data', async () => {
    const { code, stderr } = await curfew(['report', 'timeouts', '--json']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /demo data: thirty days of a made-up company/);
  });

  it('applies a file that the running server follows', async () => {
    const file = path.join(directory, 'shorter.yaml');
    const [, policies = ''] = /^(policies:\n.*?)^roles:/ms.exec(readDemoConfiguration('')) ?? [];
    await writeFile(file, policies.replace('refresh_idle: 2m', 'refresh_idle: 100s'));
    const applied = await curfew(['apply', file]);
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(applied.stdout, /^ +refresh_idle +2 minutes → 1 minute 40 seconds {2}stricter$/m);
    tokens = await party.refresh(tokens.refresh_token ?? '');
    assert.ok(timeoutOf(tokens) > 60 && timeoutOf(tokens) <= 100, 'at the very next refresh');
  });

  it('disables somebody while the server runs', async () => {
    const disabled = await curfew(['user', 'disable', 'emmy']);
    assert.match(disabled.stdout, /ended 1 sessions and 1 families/, disabled.stderr);
    await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { error: 'invalid_grant' });
    running.signal('SIGINT');
    assert.equal((await running.ended).code, 0);
  });

  it('starts the database where no curfew dev runs, and leaves no process', async () => {
    const enabled = await curfew(['user', 'enable', 'emmy']);
    assert.deepEqual([enabled.code, enabled.stdout], [0, 'emmy is enabled.\n'], enabled.stderr);
    assert.deepEqual(listLeftovers(directory), []);
    const again = await curfew(['user', 'add', 'emmy'], emmy.password);
    assert.deepEqual([again.code, again.stderr], [1, 'There is already an account named emmy.\n']);
    assert.deepEqual(listLeftovers(directory), []);
  });
});

function timeoutOf(tokens: Tokens): number {
  return Number(tokens.refresh_token_timeout);
}
