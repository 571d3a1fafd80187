import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { listMigrations, migrate } from '../../src/store/migrate.ts';
import { findMissingMigrations, findUnknownMigrations, ownsTables } from '../../src/store/schema_state.ts';
import { createEmptyDatabase } from '../support/empty_database.ts';
import type { EmptyDatabase } from '../support/empty_database.ts';
import { sql, sqlOne } from '../support/sql.ts';

const names = listMigrations().map(({ name }) => name);

describe('the list of migrations', () => {
  it('has names without an extension', () => {
    assert.ok(names.length > 0);
    for (const name of names) assert.match(name, /^\d{4}_[a-z0-9_]+$/);
  });

  it('is numbered from 1 without gaps', () => {
    assert.deepEqual(
      names.map((name) => Number(name.slice(0, 4))),
      names.map((_, index) => index + 1),
    );
  });
});

describe('migrate', () => {
  let empty: EmptyDatabase;
  let owner: Database;

  beforeEach(async () => {
    empty = await createEmptyDatabase();
    owner = openDatabase({ url: empty.ownerUrl, size: 2, prepared: true, onError: () => undefined });
  });
  afterEach(async () => {
    await owner.end();
    await empty.drop();
  });

  it('applies every migration to an empty database, which lacks them all until then', async () => {
    assert.deepEqual(await findMissingMigrations(owner), names);
    assert.equal(await ownsTables(owner), false, 'there are no tables to own');
    assert.deepEqual(await migrate(empty.ownerUrl), names);
    assert.deepEqual(await findMissingMigrations(owner), []);
  });

  it('applies nothing the second time', async () => {
    await migrate(empty.ownerUrl);
    assert.deepEqual(await migrate(empty.ownerUrl), []);
  });

  it('applies nothing where a newer version has been, and only what is named where that is asked for', async () => {
    assert.deepEqual(await migrate(empty.ownerUrl, { only: names.slice(0, 3) }), names.slice(0, 3));
    assert.deepEqual(await findUnknownMigrations(owner), []);
    assert.deepEqual(await migrate(empty.ownerUrl), names.slice(3));
    await sql(owner, `insert into schema_migrations (name, batch) values ('9999_later', 9)`);
    assert.deepEqual(await migrate(empty.ownerUrl), []);
    assert.deepEqual(await findUnknownMigrations(owner), ['9999_later']);
  });

  it('ends well for several at once, of which one applies everything', async () => {
    const applied = await Promise.all([
      migrate(empty.ownerUrl),
      migrate(empty.ownerUrl),
      migrate(empty.ownerUrl),
    ]);
    assert.deepEqual(
      applied.toSorted((a, b) => b.length - a.length),
      [names, [], []],
    );
    assert.deepEqual(await findMissingMigrations(owner), []);
    assert.deepEqual(await sqlOne(owner, 'select is_locked from schema_migrations_lock'), { is_locked: 0 });
  });

  it('stores each name once, as the files have it', async () => {
    await migrate(empty.ownerUrl);
    const rows = await sql<{ name: string }>(owner, 'select name from schema_migrations order by id');
    assert.deepEqual(
      rows.map(({ name }) => name),
      names,
    );
  });

  it('is due again while the newest is missing', async () => {
    await migrate(empty.ownerUrl);
    const newest = names.at(-1);
    await sql(owner, 'delete from schema_migrations where name = $1', newest);
    assert.deepEqual(await findMissingMigrations(owner), [newest]);
  });
});
