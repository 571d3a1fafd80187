import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createSecretsAtRest } from '../../../src/credentials/secrets_at_rest.ts';
import { recordEvent } from '../../../src/events/record_event.ts';
import { createSealer } from '../../../src/events/seal_events.ts';
import { verifyTrail } from '../../../src/events/verify_trail.ts';
import { holdsData } from '../../../src/dev/backup/holds_data.ts';
import { readBackup } from '../../../src/dev/backup/read_backup.ts';
import { restoreDatabase } from '../../../src/dev/backup/restore_database.ts';
import { writeBackup } from '../../../src/dev/backup/write_backup.ts';
import { createDatabase, ownerRole, serverRole } from '../../../src/dev/prepare_database.ts';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { ensureSigningKeys } from '../../../src/operations/ensure_signing_keys.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { listMigrations, migrate } from '../../../src/store/migrate.ts';
import { asAdmin } from '../../support/database.ts';
import { dumpSchema } from '../../support/dump_schema.ts';
import { exampleConfiguration } from '../../support/example_configuration.ts';
import { snapshot, sql } from '../../support/sql.ts';

const secret = randomBytes(32);
const secrets = createSecretsAtRest([secret]);

/** The cluster of the tests, as a restore sees the embedded one. */
const cluster = {
  connectionUrl(user: string, database: string): string {
    const url = new URL(process.env.TEST_POSTGRES_OWNER_URL ?? '');
    url.username = user;
    url.pathname = `/${database}`;
    return url.href;
  },
};

describe('a backup', function backups() {
  this.timeout(60_000);
  let directory: string;
  let name: string;
  let opened: Database[];
  const allMigrations = listMigrations().map((migration) => migration.name);

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-backup-'));
    name = `backed_${randomBytes(6).toString('hex')}`;
    opened = [];
    await createDatabase(cluster, name);
  });
  afterEach(async () => {
    for (const database of opened) await database.end();
    await asAdmin(`drop database ${name} with (force)`);
    await rm(directory, { recursive: true });
  });

  const ownerUrl = () => cluster.connectionUrl(ownerRole, name);
  const file = () => path.join(directory, 'curfew.backup');
  function open(role: string, size = 4): Database {
    const url = cluster.connectionUrl(role, name);
    const database = openDatabase({ url, size, prepared: true, onError: () => undefined });
    opened.push(database);
    return database;
  }
  /** Replace the database, of which nobody may be using anything then. */
  async function restore(from = file(), values: readonly Buffer[] = [secret]) {
    for (const database of opened.splice(0)) await database.end();
    const backup = await readBackup(from);
    try {
      return await restoreDatabase(cluster, name, backup, values);
    } finally {
      backup.close();
    }
  }

  /** A database with a bit of everything: keys, a configuration with its history, a sealed trail, and a tail. */
  async function furnish(): Promise<Database> {
    await migrate(ownerUrl());
    const database = open(serverRole);
    await database.transaction((tx) => applyConfiguration(tx, exampleConfiguration(), { origin: {} }));
    await ensureSigningKeys(database, secrets);
    await recordEvent(
      database,
      'sign_in.failed',
      {},
      { userAgent: 'tab\t break\n back\\slash \\. é 🔑' },
      {},
    );
    const seal = createSealer(database, secrets);
    await seal();
    await recordEvent(database, 'sign_in.succeeded', {}, {}, { text: '\\.\n' });
    return database;
  }

  it('becomes the very same database: rows, schema, partitions and the proof of the trail', async () => {
    await furnish();
    const before = await snapshot(open(ownerRole));
    const schema = await dumpSchema(ownerUrl());
    const { tables, rows } = await writeBackup(ownerUrl(), file());
    assert.ok(tables > 30);
    assert.equal(
      rows,
      Object.entries(before)
        .filter(([table]) => !table.startsWith('schema_migrations'))
        .reduce((sum, [, some]) => sum + some.length, 0),
    );
    await sql(open(serverRole), `update accounts set email = 'changed@example.com'`);

    const report = await restore();
    assert.deepEqual([report.faults, report.migrated], [[], []]);
    assert.ok(report.events > 0);
    const {
      audit_events: events = [],
      audit_seals: seals,
      audit_head: _head,
      ...after
    } = await snapshot(open(ownerRole));
    const { audit_events: eventsBefore = [], audit_seals: _seals, audit_head: _headBefore, ...rest } = before;
    // What was not yet sealed is by now, under the subjects and schema that were there.
    for (const table of ['schema_migrations', 'schema_migrations_lock', 'audit_subjects']) {
      delete after[table];
      delete rest[table];
    }
    assert.deepEqual(after, rest);
    const told = (events as ToldEvent[]).find((event) => event.name === 'database.restored');
    assert.deepEqual(
      events.filter((event) => event !== told),
      eventsBefore,
    );
    assert.deepEqual(
      [told?.name, told?.detail],
      ['database.restored', { made_at: report.madeAt, actor: 'shell' }],
    );
    assert.ok((seals?.length ?? 0) >= 2, 'the tail and the restoring are sealed at once');
    assert.equal(await dumpSchema(ownerUrl()), schema);
    const partitions = `select count(*)::int as count from audit_events_default`;
    assert.deepEqual(
      await sql(open(ownerRole), partitions),
      [{ count: 0 }],
      'each month has a table of its own',
    );

    const database = open(serverRole);
    await recordEvent(database, 'mfa.passed', {}, {}, {});
    assert.deepEqual((await verifyTrail(database, secrets)).faults, []);
    await createSealer(database, secrets)();
    const verified = await verifyTrail(database, secrets);
    assert.deepEqual([verified.faults, verified.unsealed.count], [[], 0]);
  });

  it('has all of a transaction or nothing of it, however busy the database is', async () => {
    await migrate(ownerUrl());
    const database = open(serverRole, 8);
    const work = new AbortController();
    const write = async (writer: number) => {
      for (let count = 0; !work.signal.aborted; count += 1)
        await database.transaction(async (tx) => {
          const [account] = await sql<{ id: string }>(
            tx,
            'insert into accounts (username) values ($1) returning account_id as id',
            `person-${writer}-${count}`,
          );
          await sql(tx, `insert into account_roles values ($1, 'member')`, account?.id);
        });
    };
    const writers = Promise.all([write(1), write(2), write(3)]);
    const isStarted = async () => (await sql(database, 'select from accounts')).length > 20;
    while (!(await isStarted()));
    await writeBackup(ownerUrl(), file());
    work.abort();
    await writers;
    await restore();
    const halves = await sql(
      open(serverRole),
      `select from accounts a full join account_roles r using (account_id) where a.username is null or r.role is null`,
    );
    assert.deepEqual(halves, []);
    assert.ok((await sql(open(serverRole), 'select from accounts')).length > 20);
  });

  it('of an earlier version is brought to this one', async () => {
    const earlier = allMigrations.slice(0, -2);
    await migrate(ownerUrl(), { only: earlier });
    await sql(open(serverRole), `insert into accounts (username) values ('emmy')`);
    await writeBackup(ownerUrl(), file());
    const report = await restore();
    assert.deepEqual(report.migrated, allMigrations.slice(-2));
    assert.deepEqual(await sql(open(serverRole), 'select username from accounts'), [{ username: 'emmy' }]);
  });

  it('of a later version is refused, and so is one whose tables are not those of its migrations', async () => {
    await furnish();
    await writeBackup(ownerUrl(), file());
    const [first = '', ...rest] = gunzipSync(readFileSync(file())).toString('latin1').split('\n');
    const header = JSON.parse(first) as { migrations: string[]; tables: { columns: string[] }[] };
    const rewrite = (changed: object) => {
      const to = path.join(directory, 'changed.backup');
      writeFileSync(to, gzipSync(Buffer.from([JSON.stringify(changed), ...rest].join('\n'), 'latin1')));
      return to;
    };
    const later = { ...header, migrations: [...header.migrations, '9999_later'] };
    await assert.rejects(restore(rewrite(later)), { code: 'backup_unfit', message: /9999_later/ });
    const odd = { ...header, tables: [{ name: 'accounts; drop table accounts', columns: ['*'] }] };
    await assert.rejects(restore(rewrite(odd)), { code: 'backup_unfit' });
    assert.ok(await holdsData(cluster, name), 'nothing is changed');
  });

  const withOtherBytes = (whole: Buffer, at: number) =>
    Buffer.concat([whole.subarray(0, at), Buffer.from([1, 2, 3]), whole.subarray(at + 3)]);

  it('that is damaged, cut short or none at all is refused, and changes nothing', async () => {
    const database = await furnish();
    await writeBackup(ownerUrl(), file());
    await sql(database, `insert into accounts (username) values ('later')`);
    const whole = readFileSync(file());
    const text = gunzipSync(whole);
    const damage: Record<string, Buffer> = {
      'cut short': whole.subarray(0, whole.length - 20),
      'with other bytes near its begin': withOtherBytes(whole, 900),
      'with other bytes in its middle': withOtherBytes(whole, Math.floor(whole.length / 2)),
      'without its last lines': gzipSync(text.subarray(0, text.length - 400)),
      'with fewer rows': gzipSync(
        Buffer.from(text.toString('latin1').replace(/\n[^\n]*\tES256\t[^\n]*/, ''), 'latin1'),
      ),
      'with more after its end': gzipSync(Buffer.concat([text, Buffer.from('more\n')])),
      'of something else': gzipSync(Buffer.from('{"format":"other"}\n')),
      'that is no archive': Buffer.from('curfew backup\n'),
      'that is empty': Buffer.alloc(0),
    };
    const spoilt = path.join(directory, 'spoilt.backup');
    for (const [how, bytes] of Object.entries(damage)) {
      writeFileSync(spoilt, bytes);
      await assert.rejects(restore(spoilt), { code: 'backup_unreadable' }, how);
    }
    await assert.rejects(restore(path.join(directory, 'nowhere')), {
      code: 'backup_unreadable',
      message: /ENOENT/,
    });
    const left = await sql(open(serverRole), `select from accounts where username = 'later'`);
    assert.equal(left.length, 1);
    const databases = await sql<{ datname: string }>(
      open(serverRole),
      `select datname from pg_database where datname like $1`,
      `${name}%`,
    );
    assert.deepEqual(databases, [{ datname: name }], 'no half a database is left');
  });

  it('under another secret is refused, and changes nothing', async () => {
    const database = await furnish();
    await writeBackup(ownerUrl(), file());
    await sql(database, `insert into accounts (username) values ('later')`);
    await assert.rejects(restore(file(), [randomBytes(32)]), {
      code: 'secret_wrong',
      message: /signing_keys\.private_sealed does not open/,
    });
    assert.equal((await sql(open(serverRole), `select from accounts where username = 'later'`)).length, 1);
    assert.deepEqual(
      (await restore(file(), [randomBytes(32), secret])).faults,
      [],
      'an older one opens it, too',
    );
  });

  it('of a trail that was altered is restored, and told so', async () => {
    await furnish();
    await sql(open(ownerRole), `update audit_events set address = '192.0.2.1' where name = 'sign_in.failed'`);
    await writeBackup(ownerUrl(), file());
    const { faults } = await restore();
    assert.match(faults.join('\n'), /sign_in\.failed|was altered/);
  });

  it('is a file that only its owner reads, whole or not there, and never in the place of another', async () => {
    await furnish();
    const previous = process.umask(0);
    try {
      await writeBackup(ownerUrl(), file());
    } finally {
      process.umask(previous);
    }
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    const before = readFileSync(file());
    await assert.rejects(writeBackup(ownerUrl(), file()), {
      code: 'file_unwritable',
      message: /there is a file/,
    });
    assert.deepEqual(readFileSync(file()), before);
    const nowhere = path.join(directory, 'none', 'curfew.backup');
    await assert.rejects(writeBackup(ownerUrl(), nowhere), { code: 'file_unwritable' });
    assert.deepEqual(readdirSync(directory), ['curfew.backup']);
    assert.ok(!gunzipSync(before).includes(secret), 'the secret is not in it');
  });
});

interface ToldEvent {
  name: string;
  detail: object;
}
