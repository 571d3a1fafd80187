import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createEmptyDatabase } from '../support/empty_database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';

describe('curfew, called wrongly', () => {
  after(endProcesses);

  it('exits with 2 and says on stderr what there is', async () => {
    const wrong = [
      [],
      ['nonsense'],
      ['user'],
      ['user', 'add'],
      ['apply'],
      ['apply', 'one.yaml', 'two.yaml'],
      ['user', 'add', 'emmy', '--password', 'battery staple horse'],
    ];
    const finished = await Promise.all(wrong.map(async (args) => ({ args, ...(await runCurfew(args)) })));
    for (const { args, code, stdout, stderr } of finished) {
      assert.deepEqual([args, code, stdout], [args, 2, '']);
      assert.match(stderr, /Usage:|--help/, args.join(' '));
      assert.doesNotMatch(stderr, / at |\.ts\b/);
    }
  });

  it('points to the help of the command that was meant', async () => {
    const wrong = [
      { args: ['nonsense'], command: 'curfew' },
      { args: ['policy', 'explain'], command: 'curfew policy explain' },
    ];
    for (const { args, command } of wrong) {
      const { stderr } = await runCurfew(args);
      assert.ok(stderr.endsWith(`(${command} --help tells what there is)\n`), stderr);
    }
  });

  it('says what to do with an id that looks like an option', async () => {
    const id = '-n3jWb4vXk0yRqTz';
    const { code, stderr } = await runCurfew(['keys', 'remove', id]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /\(curfew keys remove --help tells what there is; what begins with - goes after --\)\n$/,
    );
  });

  it('tells what there is when asked, with exit code 0', async () => {
    const asked = [['--help'], ['user', '--help']];
    const finished = await Promise.all(asked.map((args) => runCurfew(args)));
    for (const { code, stdout, stderr } of finished) {
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Usage: curfew /);
    }
    for (const command of ['dev', 'serve', 'migrate', 'apply', 'user', 'audit']) {
      assert.match(finished[0]?.stdout ?? '', new RegExp(`^ +${command}\\b`, 'm'));
    }
  });
});

describe('curfew serve', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  const serve = (env: Record<string, string>) => runCurfew(['serve'], env);
  const complete = {
    CURFEW_ISSUER: 'https://login.example.com',
    CURFEW_SECRET: randomBytes(32).toString('base64'),
    CURFEW_HOST: '127.0.0.1',
  };

  it('names all that it lacks, and refuses an issuer without TLS', async () => {
    const [bare, http, loopback] = await Promise.all([
      serve({}),
      serve({ ...complete, CURFEW_DATABASE_URL: test.serverUrl, CURFEW_ISSUER: 'http://login.example.com' }),
      serve({ ...complete, CURFEW_DATABASE_URL: test.serverUrl, CURFEW_ISSUER: 'http://localhost:3000' }),
    ]);
    for (const { code, stdout } of [bare, http, loopback]) assert.deepEqual([code, stdout], [1, '']);
    assert.deepEqual(bare.stderr.trimEnd().split('\n').toSorted(), [
      'CURFEW_DATABASE_URL: is missing',
      'CURFEW_ISSUER: is missing',
      'CURFEW_SECRET: is missing',
    ]);
    for (const { stderr } of [http, loopback]) assert.match(stderr, /^CURFEW_ISSUER: .*https.*\n$/);
  });

  it('refuses a role that owns the tables, the superuser too', async () => {
    const superuser = (process.env.TEST_POSTGRES_ADMIN_URL ?? '').replace('/postgres?', `/${test.name}?`);
    for (const url of [test.ownerUrl, superuser]) {
      const { code, stdout, stderr } = await serve({ ...complete, CURFEW_DATABASE_URL: url });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^The database role owns the tables\. .*curfew_server\.\n$/);
    }
  });

  it('refuses a database that lacks migrations', async () => {
    const empty = await createEmptyDatabase();
    try {
      const { code, stdout, stderr } = await serve({ ...complete, CURFEW_DATABASE_URL: empty.ownerUrl });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^The database lacks \d+ migrations: run curfew migrate\.\n$/);
    } finally {
      await empty.drop();
    }
  });
});
