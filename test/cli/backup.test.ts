import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopOrphan } from '../../src/dev/postgres_orphan.ts';
import { endProcesses, runCurfew, startDev } from '../support/process_curfew.ts';
import type { Running } from '../support/process_curfew.ts';
import { listLeftovers } from '../support/process_left.ts';
import { findPortPair } from '../support/ports.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';

const emmy = { username: 'emmy', password: 'battery staple horse' };
const secret = 'a secret of the shop, long enough';

const configuration = `
policies:
  member: { access_token_ttl: 60s, refresh_idle: 1h, refresh_absolute: 8h, session_idle: 1h, session_absolute: 8h, mfa: none }
roles:
  member: { policy: member }
clients:
  - client_id: shop
    client_secret_env: SHOP_SECRET
    redirect_uris: ["${redirectUri}"]
    scope: openid profile email offline_access
users:
  - { username: emmy, roles: [member], password_env: EMMY_PASSWORD }
`;

describe('curfew backup and restore', function backup() {
  this.timeout(180_000);
  let directory: string;
  let env: Record<string, string>;
  let file: string;
  const dataOf = (name: string) => path.join(directory, name);

  before(async () => {
    directory = realpathSync(await mkdtemp(path.join(tmpdir(), 'curfew-restore-')));
    file = path.join(directory, 'curfew.backup');
    const config = path.join(directory, 'curfew.yaml');
    await writeFile(config, configuration);
    env = {
      CURFEW_PORT: String(await findPortPair()),
      CURFEW_CONFIG: config,
      SHOP_SECRET: secret,
      EMMY_PASSWORD: emmy.password,
    };
  });
  after(async () => {
    await endProcesses();
    for (const name of ['old', 'new']) await stopOrphan(path.join(dataOf(name), 'postgres'));
    await rm(directory, { recursive: true, force: true });
  });

  const dev = (name: string) => startDev({ ...env, CURFEW_DATA_DIR: dataOf(name) });
  const curfew = (name: string, ...args: string[]) => runCurfew(args, { CURFEW_DATA_DIR: dataOf(name) });
  const party = () => createRelyingParty(`http://localhost:${env.CURFEW_PORT}`, { clientId: 'shop', secret });
  async function stop(running: Running): Promise<void> {
    running.signal('SIGINT');
    assert.equal((await running.ended).code, 0);
  }

  it('carry everything into a fresh data directory: people sign in, tokens of before go on, the trail is proved', async () => {
    const before = await dev('old');
    const tokens = await (await party()).signIn(emmy, { scope: 'openid offline_access', prompt: 'consent' });
    const made = await curfew('old', 'backup', file);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^\S+curfew\.backup has \d+ rows of \d+ tables\.\n$/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const kept = readFileSync(path.join(dataOf('old'), 'secret'), 'utf8');
    assert.ok(!(made.stdout + made.stderr).includes(kept.trim()));
    const again = await curfew('old', 'backup', file);
    assert.deepEqual([again.code, again.stderr.endsWith('there is a file of that name\n')], [1, true]);
    await stop(before);

    const without = await curfew('new', 'restore', file);
    assert.deepEqual([without.code, without.stderr.startsWith('CURFEW_SECRET is missing')], [1, true]);
    assert.ok(!existsSync(dataOf('new')), 'nothing is made, least of all another secret');
    await mkdir(dataOf('new'), { mode: 0o700 });
    await copyFile(path.join(dataOf('old'), 'secret'), path.join(dataOf('new'), 'secret'));
    const restored = await curfew('new', 'restore', file);
    assert.equal(restored.code, 0, restored.stderr);
    assert.match(restored.stdout, /^Restored as it was at \d{4}-\S+Z; \d+ sealed events are compared\.\n$/);
    assert.deepEqual(listLeftovers(dataOf('new')), []);

    const after = await dev('new');
    const refreshed = await (await party()).refresh(tokens.refresh_token ?? '');
    assert.ok(refreshed.access_token);
    assert.ok((await (await party()).signIn(emmy)).access_token);
    const verified = await curfew('new', 'audit', 'verify');
    assert.equal(verified.code, 0, verified.stderr);
    const told = await curfew('new', 'audit', 'list', '--event', 'database.restored');
    assert.match(told.stdout, /database\.restored/);
    const doctor = await runCurfew(['doctor'], { ...env, CURFEW_DATA_DIR: dataOf('new') });
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.doesNotMatch(doctor.stdout, /^wrong/m);

    const busy = await curfew('new', 'restore', file, '--force');
    assert.deepEqual([busy.code, /^Curfew already runs on .*: stop it first/.test(busy.stderr)], [1, true]);
    await stop(after);
  });

  it('put nothing in the place of a database that holds something, unless by force', async () => {
    const refused = await curfew('new', 'restore', file);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^The database in .* is in use: --force puts the backup in its place\.\n$/);
    assert.equal((await curfew('new', 'user', 'delete', 'emmy')).code, 0);
    const forced = await curfew('new', 'restore', file, '--force');
    assert.equal(forced.code, 0, forced.stderr);
    assert.equal((await curfew('new', 'user', 'show', 'emmy')).code, 0, 'as it was');
  });

  it('leave other databases to their own tools, and say so', async () => {
    const foreign = { CURFEW_DATABASE_URL: 'postgres://curfew@127.0.0.1:1/curfew' };
    for (const command of ['backup', 'restore']) {
      const { code, stderr } = await runCurfew([command, path.join(directory, 'other')], foreign);
      assert.deepEqual([code, /pg_dump/.test(stderr)], [1, true]);
    }
    const none = await curfew('never', 'backup', path.join(directory, 'none'));
    assert.deepEqual([none.code, none.stderr.startsWith('There is no database in')], [1, true]);
    assert.ok(!existsSync(dataOf('never')));
  });
});
