import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listMigrations } from '../../src/store/migrate.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createEmptyDatabase } from '../support/empty_database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { snapshot, sql } from '../support/sql.ts';

const secrets = { SHOP_SECRET: 'shop secret of sixteen or more', ADA_PASSWORD: 'correct horse battery' };
const members = 'roles:\n  member: { policy: member }\n';
const shop =
  'clients:\n  - { client_id: shop, client_secret_env: SHOP_SECRET, redirect_uris: [https://shop.example.com/callback], scope: openid }\n';
const ada = 'users:\n  - { username: ada, roles: [member], password_env: ADA_PASSWORD }\n';
const member = (idle: string) => `policies:\n  member: { refresh_idle: ${idle}, refresh_absolute: 12h }\n`;

describe('curfew migrate', () => {
  after(endProcesses);

  it('makes the tables as their owner, and finds them current the second time', async () => {
    const empty = await createEmptyDatabase();
    try {
      const env = { CURFEW_MIGRATE_DATABASE_URL: empty.ownerUrl };
      const first = await runCurfew(['migrate'], env);
      const names = listMigrations().map(({ name }) => `${name}\n`);
      assert.deepEqual([first.code, first.stdout], [0, names.join('')], first.stderr);
      const second = await runCurfew(['migrate'], env);
      assert.deepEqual([second.code, second.stdout, second.stderr], [0, '', 'The database is current.\n']);
    } finally {
      await empty.drop();
    }
  });

  it('names the variable that it needs', async () => {
    const { code, stdout, stderr } = await runCurfew(['migrate']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Set CURFEW_MIGRATE_DATABASE_URL .*\n$/);
  });
});

describe('curfew apply', () => {
  let test: TestDatabase;
  let directory: string;

  before(async () => {
    test = await createTestDatabase();
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-apply-'));
  });
  after(async () => {
    await endProcesses();
    await test.drop();
    await rm(directory, { recursive: true, force: true });
  });

  /** Nothing it says, on success or failure, holds a secret. */
  async function apply(text: string, options: string[] = [], env: Record<string, string> = secrets) {
    const file = path.join(await mkdtemp(path.join(directory, 'file-')), 'curfew.yaml');
    await writeFile(file, text);
    const finished = await runCurfew(['apply', file, ...options], {
      CURFEW_DATABASE_URL: test.serverUrl,
      ...env,
    });
    for (const secret of Object.values(env)) {
      assert.ok(!`${finished.stdout}${finished.stderr}`.includes(secret), 'a secret is printed');
    }
    return finished;
  }

  it('only prints the difference with --dry-run', async () => {
    const before = await snapshot(test.database);
    const [plain, json] = await Promise.all([
      apply(member('30m') + members + shop + ada, ['--dry-run']),
      apply(member('30m') + members + shop + ada, ['--dry-run', '--json']),
    ]);
    assert.deepEqual(await snapshot(test.database), before);
    assert.equal(plain.code, 0, plain.stderr);
    assert.match(
      plain.stdout,
      /^policies\n {2}\+ member\n {6}refresh_absolute {2}12 hours\n {6}refresh_idle {6}30 minutes\nroles\n/,
    );
    assert.match(plain.stdout, /^clients\n {2}\+ shop\n(?: {6}.*\n)+users\n {2}\+ ada\n$/m);
    assert.match(plain.stdout, /^ {6}secret +set$/m);
    assert.equal(plain.stderr, 'Nothing was written: this was a dry run.\n');
    const document = JSON.parse(json.stdout) as AppliedDocument;
    assert.equal(document.dry_run, true);
    assert.deepEqual(named(document), ['added member', 'added member', 'added shop']);
    assert.equal(json.stderr, plain.stderr);
  });

  it('makes the database match the file, and says so in one JSON document', async () => {
    const { code, stdout, stderr } = await apply(member('30m') + members + shop + ada, ['--json']);
    assert.deepEqual([code, stderr], [0, 'Applied.\n']);
    const document = JSON.parse(stdout) as AppliedDocument;
    assert.equal(document.dry_run, false);
    assert.deepEqual(named(document), ['added member', 'added member', 'added shop']);
    assert.deepEqual(document.users, [{ username: 'ada', kind: 'added', fields: [] }]);
    const stored = await sql<{ what: string; name: string }>(
      test.database,
      `select 'policy' as what, name from policies where name <> 'default' union all
       select 'client', client_id from clients union all select 'account', username from accounts order by 1`,
    );
    assert.deepEqual(
      stored.map(({ what, name }) => `${what} ${name}`),
      ['account ada', 'client shop', 'policy member'],
    );
  });

  it('has nothing to change the second time', async () => {
    const before = await snapshot(test.database);
    const [plain, json] = await Promise.all([
      apply(member('30m') + members + shop + ada),
      apply(member('30m') + members + shop + ada, ['--json']),
    ]);
    assert.deepEqual([plain.code, plain.stdout, plain.stderr], [0, '', 'Nothing to change.\n']);
    assert.deepEqual(JSON.parse(json.stdout), {
      dry_run: false,
      differences: [],
      users: [],
      ended: { sessions: 0, families: 0 },
      warnings: [],
    });
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('shows old and new values, and of secrets only that they changed', async () => {
    const env = { ...secrets, SHOP_SECRET: 'another secret of sixteen or more' };
    const { stdout } = await apply(member('10m') + shop, ['--dry-run'], env);
    assert.match(
      stdout,
      /^policies\n {2}~ member\n {6}refresh_idle {2}30 minutes → 10 minutes {2}stricter$/m,
    );
    assert.match(stdout, /^clients\n {2}~ shop\n {6}secret {2}changed$/m);
  });

  it('refuses what cannot be, each fault named, and writes nothing', async () => {
    const before = await snapshot(test.database);
    const [inUse, faulty, json, absent, noSecret] = await Promise.all([
      apply('policies:\n  other: { refresh_idle: 5m }\n'),
      apply('policies:\n  member: { refresh_idle: soon, idle: 3m }\n'),
      apply('nonsense: 1\n', ['--json']),
      runCurfew(['apply', path.join(directory, 'absent.yaml')], { CURFEW_DATABASE_URL: test.serverUrl }),
      apply(shop, [], {}),
    ]);
    for (const { code, stdout } of [inUse, faulty, json, absent, noSecret])
      assert.deepEqual([code, stdout], [1, '']);
    assert.match(inUse.stderr, /^roles\.member\.policy: .*member\n$/);
    assert.match(faulty.stderr, /refresh_idle/);
    assert.match(faulty.stderr, /\bidle\b/);
    assert.match(json.stderr, /^nonsense: .*\n$/);
    assert.match(absent.stderr, /^\S*absent\.yaml .*\n$/);
    assert.match(noSecret.stderr, /SHOP_SECRET.*\n$/);
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('refuses a database that lacks migrations', async () => {
    const empty = await createEmptyDatabase();
    try {
      const file = path.join(directory, 'roles.yaml');
      await writeFile(file, 'roles: {}\n');
      const { code, stderr } = await runCurfew(['apply', file], { CURFEW_DATABASE_URL: empty.ownerUrl });
      assert.equal(code, 1);
      assert.match(stderr, /^The database lacks \d+ migrations: run curfew migrate\.\n$/);
    } finally {
      await empty.drop();
    }
  });
});

interface AppliedDocument {
  dry_run: boolean;
  differences: { name: string; kind: string }[];
  users: unknown[];
}

const named = ({ differences }: AppliedDocument) => differences.map(({ kind, name }) => `${kind} ${name}`);
