import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../support/ports.ts';
import { startDatabaseOfCompose } from './database_of_compose.ts';
import type { ComposeDatabase } from './database_of_compose.ts';
import { findIdentity, runToEnd, start, waitForLine } from './processes.ts';
import type { Ended, ProcessOptions, Running } from './processes.ts';
import { getService, readEnvironmentOf } from './read_compose.ts';
import { getInstruction, parseDockerfile, readDockerText, readExecForm, root } from './read_dockerfile.ts';
import type { Stage } from './read_dockerfile.ts';
import { replayDockerfile } from './replay_dockerfile.ts';

const stages = parseDockerfile(readDockerText('Dockerfile'));
const last = stages.at(-1) as Stage;
const serve = readExecForm(getInstruction(last, 'CMD'));
const stopSignal = getInstruction(last, 'STOPSIGNAL').text as NodeJS.Signals;

/** Of the folder that the image's WORKDIR is: every path, with what changes when it is written to. */
type Inventory = Record<string, string>;

describe('the image and the compose file, without Docker', () => {
  let folder: string;
  let image: string;
  let inventory: Inventory;
  let database: ComposeDatabase;
  let migrated: Ended;
  const running: Running[] = [];

  before(async function install() {
    // Two installs: a quarter of a minute, more where the machine is busy or npm's cache is empty.
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), 'curfew-test-'));
    await chmod(folder, 0o755);
    const [replayed, started] = await Promise.allSettled([
      replayDockerfile(stages, join(folder, 'stages')),
      startDatabaseOfCompose(folder),
    ]);
    if (started.status === 'fulfilled') database = started.value;
    if (replayed.status === 'rejected') throw replayed.reason;
    if (started.status === 'rejected') throw started.reason;
    image = replayed.value;
    inventory = listFiles(image);
    await cp(join(root, 'docker/curfew.yaml'), join(folder, 'curfew.yaml'));
    await database.asSuperuser('create database bare owner curfew_owner');
    migrated = await runToEnd(getService('migrate').command ?? [], inContainer('migrate'));
  });

  after(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    await database?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** How a program of the image runs in a service's container. */
  function inContainer(service: string, more: Record<string, string> = {}): ProcessOptions {
    const given = Object.entries({ ...readEnvironmentOf(service), ...more });
    const mounted = given.map(([name, value]) => [
      name,
      value.replace('/run/secrets', database.secrets).replace('/etc/curfew', folder),
    ]);
    const ofImage = getInstruction(last, 'ENV').args.map((pair) => pair.split('='));
    const env = Object.fromEntries([['PATH', process.env.PATH], ...ofImage, ...mounted]);
    return { cwd: image, env, identity: findIdentity(getInstruction(last, 'USER').text) };
  }

  async function startServer(port: number): Promise<Running> {
    const server = start(serve, inContainer('server-1', { CURFEW_PORT: String(port) }));
    running.push(server);
    await waitForLine(server, /^ready https:\/\/localhost:8443$/m);
    return server;
  }

  function readSecret(name: string): string {
    return readFileSync(join(database.secrets, name), 'utf8');
  }

  it('holds the program, what it needs in production, and nothing else', () => {
    assert.deepEqual(readdirSync(image).toSorted(), ['LICENSE', 'dist', 'node_modules', 'package.json']);
    assert.deepEqual(readdirSync(join(image, 'dist')).toSorted(), ['migrations', 'src', 'views']);
    const sources = Object.keys(inventory).filter((path) => /^dist\/.*\.(ts|md)$/.test(path));
    assert.deepEqual(sources, []);
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
    };
    const unneeded = Object.entries(packages).filter(([, entry]) => entry.dev ?? entry.optional);
    assert.deepEqual(
      unneeded.map(([path]) => path).filter((path) => existsSync(join(image, path))),
      [],
    );
  });

  it('is readable for every user', () => {
    const shut = Object.keys(inventory).filter((path) => {
      const { mode } = lstatSync(join(image, path));
      return (mode & 0o004) === 0;
    });
    assert.deepEqual(shut, []);
  });

  it('migrates as the owner that roles.sql makes', () => {
    const files = readdirSync(join(root, 'migrations')).filter((file) => /^\d{4}_/.test(file));
    assert.equal(migrated.code, 0, migrated.output);
    assert.equal(migrated.stdout, files.map((file) => `${file.replace('.sql', '')}\n`).join(''));
  });

  it('serves twice over one database, applies its configuration once, and ends when it is told to', async () => {
    const ports = [await findFreePort(), await findFreePort()];
    const servers = await Promise.all(ports.map(startServer));
    const keys = [];
    for (const port of ports) {
      assert.equal((await get(port, '/healthz')).status, 200);
      assert.deepEqual(await (await get(port, '/readyz')).json(), { status: 'ready', reasons: [] });
      const discovery = await (await get(port, '/.well-known/openid-configuration')).json();
      assert.equal((discovery as Record<string, unknown>).issuer, 'https://localhost:8443');
      keys.push(await (await get(port, '/jwks')).json());
    }
    assert.deepEqual(keys[0], keys[1]);
    assert.ok((keys[0] as { keys: unknown[] }).keys.length > 0);
    const applied = servers.flatMap(({ said }) => said.stderr.match(/^ {2}\+ app$/gm) ?? []);
    assert.equal(applied.length, 1, servers.map(({ said }) => said.stderr).join('\n'));

    const check = readExecForm(getInstruction(last, 'HEALTHCHECK'));
    const checked = () => runToEnd(check, inContainer('server-1', { CURFEW_PORT: String(ports[0]) }));
    assert.equal((await checked()).code, 0);
    for (const { child } of servers) child.kill(stopSignal);
    for (const { code, output } of await Promise.all(servers.map(({ ended }) => ended)))
      assert.equal(code, 0, output);
    assert.equal((await checked()).code, 1);
    assert.deepEqual(listFiles(image), inventory);
  });

  it('serves as a user of any number, whose home does not exist', async () => {
    const port = await findFreePort();
    const options = inContainer('server-1', { CURFEW_PORT: String(port), HOME: '/nonexistent' });
    const server = start(serve, { ...options, identity: findIdentity('54321:54321') });
    running.push(server);
    await waitForLine(server, /^ready /m);
    server.child.kill(stopSignal);
    assert.equal((await server.ended).code, 0);
  });

  const refusals: [title: string, more: () => Record<string, string>, line: RegExp][] = [
    [
      'as the owner of the tables',
      () => ({ CURFEW_DATABASE_URL_FILE: join(database.secrets, 'migrate_database_url') }),
      /^The database role owns the tables\. .*curfew_server\.\n$/,
    ],
    [
      'without migrations',
      () => ({
        CURFEW_DATABASE_URL_FILE: '',
        CURFEW_DATABASE_URL: readSecret('database_url').replace(/\/curfew$/, '/bare'),
      }),
      /^The database lacks \d+ migrations: run curfew migrate\.\n$/,
    ],
    ['without a secret', () => ({ CURFEW_SECRET_FILE: '' }), /^CURFEW_SECRET: is missing\n$/],
    ['without a database', () => ({ CURFEW_DATABASE_URL_FILE: '' }), /^CURFEW_DATABASE_URL: is missing\n$/],
    [
      'with a wrong password',
      () => ({
        CURFEW_DATABASE_URL_FILE: '',
        CURFEW_DATABASE_URL: readSecret('database_url').replace(/:[^:@]*@/, ':wrong@'),
      }),
      /^The database cannot be reached: password authentication failed .*\n$/,
    ],
    [
      'over http',
      () => ({ CURFEW_ISSUER: 'http://localhost:8443' }),
      /^CURFEW_ISSUER: must be an https URL\n$/,
    ],
  ];
  for (const [title, more, line] of refusals) {
    it(`does not serve ${title}`, async () => {
      const { code, stdout, stderr } = await runToEnd(serve, inContainer('server-1', more()));
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, line);
    });
  }

  it('says that it has no PostgreSQL of its own', async () => {
    const environment = {
      cwd: folder,
      env: { PATH: process.env.PATH, CURFEW_DATA_DIR: join(folder, 'dev') },
    };
    const { code, stderr } = await runToEnd(['node', join(image, 'dist/src/bin.js'), 'dev'], environment);
    assert.equal(code, 1);
    assert.match(stderr, /^The embedded PostgreSQL is not installed .*CURFEW_DATABASE_URL.*\n$/);
  });

  it('runs the demo configuration in development, and says that it has no demo app', async () => {
    await database.asSuperuser('create database demo owner curfew_owner');
    const dev = start(['node', join(image, 'dist/src/bin.js'), 'dev'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        CURFEW_DATA_DIR: join(folder, 'dev'),
        CURFEW_DATABASE_URL: readSecret('migrate_database_url').replace(/\/curfew$/, '/demo'),
        CURFEW_PORT: String(await findFreePort()),
      },
    });
    running.push(dev);
    await waitForLine(dev, /^ready http:/m);
    dev.child.kill(stopSignal);
    const { code, stdout, stderr } = await dev.ended;
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}No demo app: a build has none\./m);
    assert.doesNotMatch(stderr, /^\s+at |Error/m);
  });
});

function get(port: number, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`);
}

function listFiles(folder: string): Inventory {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const { size, mtimeMs } = lstatSync(path);
      return [path.slice(folder.length + 1), `${size} ${mtimeMs}`];
    }),
  );
}
