import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

import {
  type EmbeddedPostgres,
  EmbeddedPostgresProblem,
  findRunningPostgres,
  startEmbeddedPostgres,
} from '../../src/dev/embedded_postgres.ts';
import { chooseAccount } from '../../src/dev/postgres_account.ts';
import { locatePostgresBinaries, restoreLinks } from '../../src/dev/postgres_binaries.ts';
import { stopOrphan } from '../../src/dev/postgres_orphan.ts';
import { isProcessAlive } from '../../src/dev/postgres_processes.ts';

const isRoot = process.geteuid?.() === 0;
const modulePath = new URL('../../src/dev/embedded_postgres.ts', import.meta.url).href;
const undo: (() => Promise<void>)[] = [];

// One cluster serves the tests that do not ask how one comes into being: making it takes the longest.
const sharedParent = mkdtempSync(join(tmpdir(), 'curfew-test-'));
const sharedDirectory = join(sharedParent, '.curfew');

before(async () => {
  await (await startEmbeddedPostgres({ dataDirectory: sharedDirectory, durable: false })).stop();
});

after(() => rm(sharedParent, { recursive: true, force: true }));

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'curfew-test-'));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function start(
  dataDirectory: string,
  ...rest: [Parameters<typeof startEmbeddedPostgres>[1]?]
): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDirectory, durable: false }, ...rest);
  undo.push(() => postgres.stop());
  return postgres;
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.connectionUrl('postgres', 'postgres') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

async function getPostmasterPid(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

async function waitUntilGone(pid: number): Promise<void> {
  const deadlineAt = Date.now() + 60_000;
  while (isProcessAlive(pid)) {
    assert.ok(Date.now() < deadlineAt, `process ${pid} still runs`);
    await sleep(10);
  }
}

/** A process of its own that starts PostgreSQL, does `afterwards` and says so. */
function startElsewhere(dataDirectory: string, afterwards: string): ChildProcess {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(modulePath)});
    const dataDirectory = ${JSON.stringify(dataDirectory)};
    const postgres = await startEmbeddedPostgres({ dataDirectory, durable: false });
    ${afterwards}
    process.stdout.write('started');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  undo.push(async () => {
    child.kill('SIGKILL');
    await stopOrphan(join(dataDirectory, 'postgres'));
  });
  return child;
}

async function waitUntilStarted(child: ChildProcess): Promise<void> {
  assert.ok(child.stdout);
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  assert.equal(first.toString(), 'started');
}

function isProblem(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof EmbeddedPostgresProblem);
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
}

describe('embedded PostgreSQL', () => {
  it('starts on an empty directory, in UTC and UTF-8, and answers', async () => {
    const dataDirectory = join(await makeDirectory(), 'not yet', '.curfew');
    const postgres = await start(dataDirectory);

    assert.deepEqual(await query(postgres, 'show timezone'), ['UTC']);
    assert.deepEqual(await query(postgres, 'show server_encoding'), ['UTF8']);
    assert.match(String(await query(postgres, 'show server_version')), /^18\./);
    assert.equal((await stat(dataDirectory)).mode & 0o007 & ~0o001, 0);
  });

  it('listens on a socket in a private directory and on no port', async () => {
    const dataDirectory = sharedDirectory;
    const postgres = await start(dataDirectory);

    assert.deepEqual(await query(postgres, 'show listen_addresses'), ['']);
    assert.equal((await stat(join(dataDirectory, 'run'))).mode & 0o777, 0o700);
    assert.deepEqual(await query(postgres, 'select inet_server_port()'), [null]);
  });

  it('writes to disk by default and not when told that nothing need last', async () => {
    const dataDirectory = sharedDirectory;
    const volatile = await start(dataDirectory);
    assert.deepEqual(await query(volatile, 'show fsync'), ['off']);
    await volatile.stop();

    const durable = await startEmbeddedPostgres({ dataDirectory });
    undo.push(() => durable.stop());
    assert.deepEqual(await query(durable, 'show fsync'), ['on']);
  });

  it('keeps its data from one start to the next', async () => {
    const dataDirectory = sharedDirectory;
    const first = await start(dataDirectory);
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();

    assert.deepEqual(await query(await start(dataDirectory), 'select answer from kept'), [42]);
  });

  it('leaves neither process nor lock behind when stopped, however often', async () => {
    const dataDirectory = sharedDirectory;
    const postgres = await start(dataDirectory);
    const pid = await getPostmasterPid(dataDirectory);

    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.stop();

    assert.ok(!isProcessAlive(pid));
    assert.deepEqual((await readdir(dataDirectory)).toSorted(), ['postgres', 'postgres.log', 'run']);
  });

  it('stops while a client is still connected', async () => {
    const postgres = await start(sharedDirectory);
    const client = new pg.Client({ connectionString: postgres.connectionUrl('postgres', 'postgres') });
    const errors: string[] = [];
    client.on('error', (error) => errors.push(error.message));
    await client.connect();
    const ended = new Promise<void>((resolve) => client.once('end', resolve));

    await postgres.stop();
    await ended;

    assert.match(String(errors), /terminating connection due to administrator command/);
  });

  it('refuses a data directory in use and names the process', async () => {
    const dataDirectory = sharedDirectory;
    const postgres = await start(dataDirectory);

    const refusal = isProblem(new RegExp(`as process ${process.pid}: .*CURFEW_DATA_DIR`));
    await assert.rejects(start(dataDirectory), refusal);
    assert.deepEqual(await query(postgres, 'select 1'), [1]);
  });

  it('takes the lock of a dead process and of a reused pid', async () => {
    const dataDirectory = sharedDirectory;
    for (const left of ['999999999\n1\n', `${process.ppid}\n1\n`, '']) {
      await writeFile(join(dataDirectory, 'curfew.pid'), left);
      await (await start(dataDirectory)).stop();
    }
  });

  it('takes over from a curfew that was killed, with its data', async () => {
    const dataDirectory = sharedDirectory;
    const elsewhere = startElsewhere(dataDirectory, 'setInterval(() => {}, 1000);');
    await waitUntilStarted(elsewhere);
    await assert.rejects(start(dataDirectory), isProblem(new RegExp(`as process ${elsewhere.pid}:`)));
    const orphaned = await findRunningPostgres(dataDirectory);
    assert.ok(orphaned);
    await query(orphaned, 'create table taken_over as select 42 as answer');
    const orphan = await getPostmasterPid(dataDirectory);
    elsewhere.kill('SIGKILL');
    await once(elsewhere, 'exit');
    assert.ok(isProcessAlive(orphan));

    const postgres = await start(dataDirectory);

    assert.notEqual(await getPostmasterPid(dataDirectory), orphan);
    assert.deepEqual(await query(postgres, 'select answer from taken_over'), [42]);
    await waitUntilGone(orphan);
  });

  it('starts although the pid of a dead postmaster belongs to another program', async () => {
    const dataDirectory = sharedDirectory;
    await writeFile(join(dataDirectory, 'postgres', 'postmaster.pid'), `${process.ppid}\n`);

    assert.deepEqual(await query(await start(dataDirectory), 'select 1'), [1]);
    assert.ok(isProcessAlive(process.ppid));
  });

  it('does not take the answer of a lost server for that of its own', async () => {
    const dataDirectory = await makeDirectory();
    const elsewhere = startElsewhere(dataDirectory, 'setInterval(() => {}, 1000);');
    await waitUntilStarted(elsewhere);
    const orphan = await getPostmasterPid(dataDirectory);
    undo.push(async () => void process.kill(orphan, 'SIGQUIT'));
    elsewhere.kill('SIGKILL');
    await once(elsewhere, 'exit');
    await unlink(join(dataDirectory, 'postgres', 'postmaster.pid'));

    await assert.rejects(
      start(dataDirectory),
      isProblem(/did not start: .*FATAL: .*(in use|already exists)/),
    );
  });

  it('does not outlive a process that fails', async () => {
    const dataDirectory = sharedDirectory;
    const fault = `process.on('SIGUSR2', () => { throw new Error('a fault'); }); setInterval(() => {}, 1000);`;
    const elsewhere = startElsewhere(dataDirectory, fault);
    await waitUntilStarted(elsewhere);
    const pid = await getPostmasterPid(dataDirectory);
    elsewhere.kill('SIGUSR2');

    assert.deepEqual(await once(elsewhere, 'exit'), [1, null]);
    await waitUntilGone(pid);
  });

  it('lets its process end by itself after stop', async () => {
    const elsewhere = startElsewhere(sharedDirectory, 'await postgres.stop();');
    assert.deepEqual(await once(elsewhere, 'exit'), [0, null]);
  });

  it('starts where the path is too long for a socket, and removes the short directory at stop', async () => {
    const dataDirectory = join(await makeDirectory(), 'a'.repeat(60), 'ü'.repeat(60));
    const postgres = await start(dataDirectory);
    const [socketDirectory] = await query(
      postgres,
      `select trim('"' from current_setting('unix_socket_directories'))`,
    );

    assert.deepEqual(await query(postgres, 'select 1'), [1]);
    assert.equal((await stat(String(socketDirectory))).mode & 0o777, 0o700);
    await postgres.stop();
    assert.ok(!existsSync(String(socketDirectory)));
  });

  it('does not mind quotes, commas, blanks and percent signs in the path', async () => {
    const dataDirectory = join(await makeDirectory(), `it's "a", 100% b+c`);
    assert.deepEqual(await query(await start(dataDirectory), 'select 1'), [1]);
  });

  it('refuses a cluster of another major version', async () => {
    const dataDirectory = await makeDirectory();
    await mkdir(join(dataDirectory, 'postgres'));
    await writeFile(join(dataDirectory, 'postgres', 'PG_VERSION'), '17\n');
    await assert.rejects(start(dataDirectory), isProblem(/made by PostgreSQL 17 and this is PostgreSQL 18/));
    assert.ok(!existsSync(join(dataDirectory, 'curfew.pid')));
  });

  it('makes a cluster where an earlier attempt was interrupted, but not over foreign files', async () => {
    const dataDirectory = await makeDirectory();
    await mkdir(join(dataDirectory, 'postgres.incomplete-abc'));
    await (await start(dataDirectory)).stop();
    assert.ok(!existsSync(join(dataDirectory, 'postgres.incomplete-abc')));

    const foreign = await makeDirectory();
    await mkdir(join(foreign, 'postgres'));
    await writeFile(join(foreign, 'postgres', 'letter.txt'), 'Dear Ada');
    await assert.rejects(start(foreign), isProblem(/no PostgreSQL cluster/));
  });

  it('says what PostgreSQL said when it does not start', async () => {
    const dataDirectory = sharedDirectory;
    const file = join(dataDirectory, 'postgres', 'postgresql.auto.conf');
    await writeFile(file, 'no_such_parameter = 1\n');
    undo.push(() => writeFile(file, ''));
    await assert.rejects(start(dataDirectory), isProblem(/did not start: .*FATAL: .*errors/));
  });

  it('begins a new log when the old one is over 10 MB', async () => {
    const dataDirectory = sharedDirectory;
    await writeFile(join(dataDirectory, 'postgres.log'), Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
    await start(dataDirectory);
    assert.ok((await stat(join(dataDirectory, 'postgres.log'))).size < 10_000);
  });

  it('finds no server where none runs', async () => {
    const dataDirectory = await makeDirectory();
    assert.equal(await findRunningPostgres(dataDirectory), undefined);
    assert.equal(await findRunningPostgres(join(dataDirectory, 'missing')), undefined);
  });

  it('finds the server of a data directory and does not stop it', async () => {
    const dataDirectory = sharedDirectory;
    const postgres = await start(dataDirectory);
    const found = await findRunningPostgres(dataDirectory);
    assert.equal(found?.connectionUrl('ada', 'db'), postgres.connectionUrl('ada', 'db'));
    await found?.stop();
    assert.deepEqual(await query(postgres, 'select 1'), [1]);
  });
});

describe('the links of the PostgreSQL package', () => {
  const installed = dirname(
    dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  );

  async function copyPackage(): Promise<string> {
    const directory = await makeDirectory();
    await cp(join(installed, 'native'), join(directory, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    return directory;
  }

  it('are made when missing, and what is there is left alone', async () => {
    await locatePostgresBinaries();
    const directory = await copyPackage();
    const list = await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8');
    const links = JSON.parse(list) as { source: string; target: string }[];
    for (const { target } of links) await unlink(join(directory, target));

    await restoreLinks(directory);
    await restoreLinks(directory);

    for (const { source, target } of links) {
      assert.equal(await realpath(join(directory, target)), await realpath(join(directory, source)));
    }
  });

  it('are a problem in one line where they cannot be made', async () => {
    const directory = await makeDirectory();
    await mkdir(join(directory, 'native'));
    const links = JSON.stringify([{ source: 'native/lib/a.so.1', target: 'native/missing/a.so' }]);
    await writeFile(join(directory, 'native', 'pg-symlinks.json'), links);
    await assert.rejects(restoreLinks(directory), isProblem(/lacks .*native\/missing\/a\.so.*\(ENOENT\)/));
  });

  it('come along in the copy for an account that cannot reach the package', async () => {
    const binaries = { directory: join(await copyPackage(), 'native'), version: '18.4.0' };
    const dataDirectory = await makeDirectory();
    const runtime = await chooseAccount(binaries, dataDirectory, ['nobody']);

    assert.equal(runtime.account.kind === 'nobody', isRoot);
    const copy = join(dataDirectory, 'postgresql-18.4.0');
    assert.equal(runtime.binaries.directory, isRoot ? copy : binaries.directory);
    assert.equal(
      (await chooseAccount(binaries, dataDirectory, ['nobody'])).binaries.directory,
      runtime.binaries.directory,
    );
  });
});

describe('whom PostgreSQL runs as', () => {
  /** The owner of the processes and of the files, which differs only for root. */
  async function getOwners(dataDirectory: string): Promise<number[]> {
    const paths = ['postgres', 'postgres/PG_VERSION', 'run'].map((name) => join(dataDirectory, name));
    const owners = await Promise.all(paths.map(async (path) => (await stat(path)).uid));
    return [...new Set(owners)];
  }

  it('is uid 65534 for root who has no user namespaces, and whoever we are for others', async () => {
    const dataDirectory = await makeDirectory();
    await chmod(dataDirectory, 0o700);
    const postgres = await start(dataDirectory, ['nobody']);

    assert.deepEqual(await query(postgres, 'select 1'), [1]);
    assert.deepEqual(await getOwners(dataDirectory), [isRoot ? 65534 : process.geteuid?.()]);
  });

  it('may change from one start to the next, the data with it', async () => {
    const dataDirectory = await makeDirectory();
    const first = await start(dataDirectory, ['nobody']);
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();

    const second = await start(dataDirectory, ['namespace', 'nobody']);
    assert.deepEqual(await query(second, 'select answer from kept'), [42]);
    await second.stop();

    const third = await start(dataDirectory, ['nobody']);
    assert.deepEqual(await query(third, 'select answer from kept'), [42]);
  });

  it('is nobody at all where root keeps others out: the line names CURFEW_DATA_DIR', async () => {
    const dataDirectory = join(await makeDirectory(), 'inside');
    if (!isRoot) {
      await start(dataDirectory, ['nobody']);
      return;
    }
    const line = isProblem(/other user can reach .*: set CURFEW_DATA_DIR .*\/var\/lib\/curfew\.$/);
    await assert.rejects(start(dataDirectory, ['nobody']), line);
    assert.ok(!existsSync(join(dataDirectory, 'curfew.pid')));
  });
});
