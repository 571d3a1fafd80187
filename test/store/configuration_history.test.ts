import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { sectionNames } from '../../src/config/sections.ts';
import type { PastConfiguration } from '../../src/domain/configuration.ts';
import { writeClient } from '../../src/store/clients.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listConfigurationVersions } from '../../src/store/configuration_history.ts';
import { bumpConfigurationVersion, writeRole } from '../../src/store/configuration_write.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listMigrations } from '../../src/store/migrate.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createEmptyDatabase } from '../support/empty_database.ts';
import { client } from '../support/example_configuration.ts';
import { asOwner } from '../support/owner.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { findConfigurationAt } from '../support/find_configuration_at.ts';

const digest = 'ab'.repeat(32);

describe('the history of the configuration', () => {
  let test: TestDatabase;
  let database: Database;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
  });
  after(() => test.drop());

  const newest = async () => {
    const [version] = await listConfigurationVersions(database, { most: 1, mostChanges: 100 });
    assert.ok(version);
    return version;
  };

  /** What stands is what the history has, under the version that is in force. */
  async function assertRecorded(db: Database = database): Promise<void> {
    const standing = await loadConfiguration(db);
    const [last] = await listConfigurationVersions(db, { most: 1, mostChanges: 0 });
    assert.equal(last?.version, standing.version);
    const past = await findConfigurationAt(db, standing.version);
    assert.ok(past);
    const clients = [...standing.clients.values()].map(({ secretHash, ...rest }) => ({
      ...rest,
      hasSecret: secretHash !== undefined,
    }));
    const kept = [...past.clients.values()].map(({ secretVersion, ...rest }) => ({
      ...rest,
      hasSecret: secretVersion !== undefined,
    }));
    assert.deepEqual(kept, clients);
    const without = ({ clients: _, ...rest }: PastConfiguration) => rest;
    assert.deepEqual(without(past), without(standing as PastConfiguration));
  }

  it('begins with what the migrations left', async () => {
    const { version, author, changes } = await newest();
    assert.deepEqual([version, author], [1, 'curfew migrate']);
    assert.deepEqual(
      changes.map(({ section, name, before }) => [section, name, before]),
      [['policies', 'default', null]],
    );
    await assertRecorded();
  });

  /** As any program may do it, an older one or a person with a shell: one statement, and nothing else. */
  const statements: [statement: string, section: string, name: string][] = [
    [
      `insert into policies (name, version, limits) values ('raw', 1, '{"refresh_idle": 60}')`,
      'policies',
      'raw',
    ],
    [
      `update policies set limits = '{"refresh_idle": 61}', version = 2 where name = 'raw'`,
      'policies',
      'raw',
    ],
    [`insert into roles (name, policy) values ('raw', 'raw')`, 'roles', 'raw'],
    [`update roles set policy = null where name = 'raw'`, 'roles', 'raw'],
    [`delete from policies where name = 'raw'`, 'policies', 'raw'],
    [`insert into scopes (name, description, step_up) values ('raw', 'Raw', true)`, 'scopes', 'raw'],
    [`update scopes set mfa_max_age = 60, roles = '{raw}' where name = 'raw'`, 'scopes', 'raw'],
    [
      `insert into resources (identifier, scopes) values ('https://raw.example', '{raw}')`,
      'resources',
      'https://raw.example',
    ],
    [`delete from resources`, 'resources', 'https://raw.example'],
    [
      `insert into clients (client_id, metadata, secret_hash) values ('raw', '{"a": null}', '\\x${digest}')`,
      'clients',
      'raw',
    ],
    [`update clients set disabled_at = curfew_now()`, 'clients', 'raw'],
    [`update clients set secret_hash = '\\x00'`, 'clients', 'raw'],
    [`update clients set client_id = 'other'`, 'clients', 'other'],
    [
      `insert into deviations (name, requirement, reason, until) values ('raw', 'a/b', 'Why', '2027-01-31')`,
      'deviations',
      'raw',
    ],
    [`update deviations set policy = 'default'`, 'deviations', 'raw'],
    [`update configuration_state set branding = '{"name": "Raw"}'`, 'branding', 'branding'],
    [
      `update configuration_state set rate_limits = '{"token_client": {"most": 1, "seconds": 1}}'`,
      'rate_limits',
      'rate_limits',
    ],
    [
      `update configuration_state set delivery = '{"allowedNetworks": ["10.0.0.0/8"]}'`,
      'delivery',
      'delivery',
    ],
    [
      `update configuration_state set audit = '{"retention": 9000000}', version = version + 1`,
      'audit',
      'audit',
    ],
    [
      `update configuration_state set keys = '{"rotateEvery": 864000}', version = version + 1`,
      'keys',
      'keys',
    ],
  ];

  it('reads as much for each of many changes, however many there were before', async () => {
    const undo = new Error('undone');
    const read = await database
      .transaction(async (tx) => {
        await sql(
          tx,
          `insert into clients (client_id, metadata) select 'many' || n, '{}' from generate_series(1, 500) n`,
        );
        const { rows } = await sqlOne<{ rows: number }>(
          tx,
          `select pg_stat_get_xact_tuples_returned(indrelid) + sum(pg_stat_get_xact_tuples_returned(indexrelid))::float8 as rows
           from pg_index where indrelid = 'configuration_changes'::regclass group by indrelid`,
        );
        undo.cause = rows;
        throw undo;
      })
      .catch((error: unknown) => (error === undo ? undo.cause : Promise.reject(error)));
    assert.ok(Number(read) < 4 * 500, `${String(read)} rows and entries`);
  });

  it('misses no statement that changes a row, and makes a version where none was made', async () => {
    for (const [statement, section, name] of statements) {
      const { version } = await newest();
      await sql(database, statement);
      const made = await newest();
      assert.deepEqual([made.version, made.author], [version + 1, 'unknown'], statement);
      assert.ok(
        made.changes.some((change) => change.section === section && change.name === name),
        statement,
      );
      await assertRecorded();
    }
    const sections = new Set(statements.map(([, section]) => section));
    assert.deepEqual([...sections].toSorted(), sectionNames.filter((name) => name !== 'users').toSorted());
  });

  it('has every table and column of the configuration', async () => {
    const loaded = Object.keys(await loadConfiguration(database)).filter((name) => name !== 'version');
    assert.equal(loaded.length, sectionNames.length - 1, 'a section more: tell the history of it');
  });

  it('has a version that nothing else came with', async () => {
    const { version } = await newest();
    await sql(database, 'update configuration_state set version = version + 1');
    const made = await newest();
    assert.deepEqual([made.version, made.changeCount, made.changes], [version + 1, 0, []]);
    await assertRecorded();
  });

  it('files what a transaction changes under the version that it makes, before and after that', async () => {
    const { version } = await newest();
    const message = 'As the board decided';
    await database.transaction(async (tx) => {
      await writeRole(tx, { name: 'first' });
      await bumpConfigurationVersion(tx, { author: 'test', message, revertsTo: 1 });
      await writeRole(tx, { name: 'second' });
    });
    const made = await newest();
    assert.deepEqual(
      [made.version, made.author, made.message, made.revertsTo, made.changeCount],
      [version + 1, 'test', message, 1, 2],
    );
    await assertRecorded();
  });

  it('has nothing of what is undone, and of what comes back within a transaction', async () => {
    const { version } = await newest();
    const undone = database.transaction(async (tx) => {
      await writeRole(tx, { name: 'undone' });
      throw new Error('undo');
    });
    await assert.rejects(undone, /undo/);
    await database.transaction(async (tx) => {
      await sql(tx, `insert into roles (name) values ('passing')`);
      await sql(tx, `delete from roles where name = 'passing'`);
    });
    assert.equal((await newest()).version, version);
    await assertRecorded();
  });

  it('reads of itself what it needs, however long it is', async () => {
    await sql(database, `insert into roles (name) select 'of many ' || i from generate_series(1, 300) i`);
    await database.transaction(async (tx) => {
      const countRead = async () =>
        await sqlOne<{ rows: number }>(
          tx,
          `select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables
           where relname = 'configuration_changes'`,
        );
      const { rows: before } = await countRead();
      await sql(tx, `insert into roles (name) values ('one more')`);
      const { rows: after } = await countRead();
      assert.ok(after - before < 10, `${after - before} rows`);
    });
    await sql(database, `delete from roles where name like 'of many %' or name = 'one more'`);
  });

  it('holds no secret and no digest of one, only the version that set it', async () => {
    const write = async (secret: string, trusted: boolean) => {
      const written = { ...client('kept', { secret }), trusted };
      await database.transaction((tx) => writeClient(tx, written));
      const { version, changes } = await newest();
      return { version, secret: changes[0]?.after?.secret_version };
    };
    const first = await write('first secret of sixteen or more', false);
    assert.equal(first.secret, first.version);
    assert.equal((await write('first secret of sixteen or more', true)).secret, first.version);
    const second = await write('second secret of sixteen or more', true);
    assert.equal(second.secret, second.version);
    const { text } = await sqlOne<{ text: string }>(
      database,
      'select json_agg(c)::text as text from configuration_changes c',
    );
    for (const secret of ['first secret of sixteen or more', 'second secret of sixteen or more'])
      assert.ok(!text.includes(hashToken(secret).toString('hex')));
    assert.ok(!text.includes(digest));
    assert.doesNotMatch(text, /secret_hash/);
  });

  it('is told of one policy alone, page by page, with the changes of that policy', async () => {
    for (const idle of [60, 70, 80]) {
      await database.transaction(async (tx) => {
        const limits = JSON.stringify({ refresh_idle: idle });
        await sql(
          tx,
          `insert into policies (name, version, limits) values ('paged', 1, $1) on conflict (name) do update set limits = $1`,
          limits,
        );
        await sql(tx, 'insert into roles (name) values ($1)', `role-${idle}`);
      });
    }
    const ask = (before?: number) =>
      listConfigurationVersions(database, { policy: 'paged', most: 2, before, mostChanges: 10 });
    const page = await ask();
    const rest = await ask(page.at(-1)?.version);
    assert.deepEqual(
      [...page, ...rest].map(({ changes, changeCount }) => [
        changeCount,
        changes.map(({ after }) => after?.limits),
      ]),
      [80, 70, 60].map((idle) => [1, [{ refresh_idle: idle }]]),
    );
    assert.deepEqual(
      await listConfigurationVersions(database, { policy: 'none', most: 2, mostChanges: 1 }),
      [],
    );
  });

  it('knows nothing of versions that were never made', async () => {
    assert.equal(await findConfigurationAt(database, 0), undefined);
    assert.equal(await findConfigurationAt(database, (await newest()).version + 1), undefined);
  });

  it('is not to be rewritten by the server', async () => {
    for (const text of [
      `update configuration_versions set author = 'nobody'`,
      'delete from configuration_versions',
      `insert into configuration_changes (version, section, name) values (1, 'roles', 'x')`,
      `update configuration_changes set after = null`,
      'delete from configuration_changes',
      `select configuration_record('roles', 'x', '{}', 'none')`,
    ])
      await assert.rejects(sql(database, text), { code: '42501' }, text);
  });

  it('begins, in a database of an older release, with all that is configured there', async () => {
    const empty = await createEmptyDatabase();
    const url = empty.ownerUrl;
    const owner = openDatabase({ url, size: 2, prepared: true, onError: () => undefined });
    try {
      for (const { name, file } of listMigrations()) {
        if (name.endsWith('configuration_history')) {
          for (const statement of statements
            .map(([text]) => text)
            .filter((text) => text.startsWith('insert')))
            await asOwner(url, statement);
          await asOwner(url, `update configuration_state set branding = '{"name": "Raw"}', version = 7`);
        }
        await asOwner(url, await readFile(file, 'utf8'));
      }
      await assertRecorded(owner);
      const past = await findConfigurationAt(owner, 7);
      assert.equal(past?.clients.get('raw')?.secretVersion, 7);
      assert.deepEqual(past?.branding, { name: 'Raw' });
    } finally {
      await owner.end();
      await empty.drop();
    }
  });
});
