import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { listMigrations, migrate } from '../../src/store/migrate.ts';
import { dumpSchema } from '../support/dump_schema.ts';
import { createEmptyDatabase } from '../support/empty_database.ts';
import type { EmptyDatabase } from '../support/empty_database.ts';
import { asOwner } from '../support/owner.ts';
import { buildSchemaFile, schemaFile, writeSchemaCommand } from '../support/write_schema.ts';

describe('migrations/schema.sql', () => {
  let empty: EmptyDatabase;

  before(async () => {
    empty = await createEmptyDatabase();
    await migrate(empty.ownerUrl);
  });
  after(() => empty.drop());

  const change = (text: string) => asOwner(empty.ownerUrl, text);

  it('is what the migrations add up to', async () => {
    const committed = (await readFile(schemaFile, 'utf8')).split('\n');
    const built = (await buildSchemaFile(empty.ownerUrl)).split('\n');
    const at = built.findIndex((line, index) => line !== committed[index]);
    if (at === -1 && built.length === committed.length) return;
    const differs = `line ${at + 1} is ${JSON.stringify(committed[at])} instead of ${JSON.stringify(built[at])}`;
    assert.fail(`migrations/schema.sql is not current: ${differs}. Run: ${writeSchemaCommand}`);
  });

  it('is no migration itself', () => {
    assert.ok(listMigrations().every(({ file }) => !file.endsWith('schema.sql')));
  });

  it('leaves out the partitions of months', async () => {
    const before = await dumpSchema(empty.ownerUrl);
    await change(`select audit_partition_ensure('2031-05-17')`);
    assert.equal(await dumpSchema(empty.ownerUrl), before);
    assert.match(before, /create table audit_events_default partition of audit_events DEFAULT;/);
  });

  const changes: [statement: string, undo: string, shows: RegExp][] = [
    ['alter table grants add note text', 'alter table grants drop note', /^ {2}note text,$/m],
    [
      'alter table grants alter payload drop not null',
      'alter table grants alter payload set not null',
      /^create table grants \([^;]*^ {2}payload jsonb,$/m,
    ],
    [
      `alter table grants alter payload set default '[]'`,
      'alter table grants alter payload drop default',
      /payload jsonb not null default '\[\]'::jsonb,/,
    ],
    [
      `alter table grants add constraint named check (client_id <> '')`,
      'alter table grants drop constraint named',
      /constraint named CHECK/,
    ],
    [
      'create index noted on grants (client_id)',
      'drop index noted',
      /^CREATE INDEX noted ON public\.grants/m,
    ],
    [
      'create trigger counted after delete on grants execute function configuration_row_changed()',
      'drop trigger counted on grants',
      /^CREATE TRIGGER counted AFTER DELETE ON public\.grants/m,
    ],
    [
      'grant delete on accounts to curfew_server',
      'revoke delete on accounts from curfew_server',
      /grant delete, insert.* on accounts/,
    ],
    [
      'grant update (detail) on audit_events to curfew_server',
      'revoke update (detail) on audit_events from curfew_server',
      /grant update on audit_events \(detail\) to curfew_server/,
    ],
    [
      'grant execute on function audit_partition_ensure to public',
      'revoke execute on function audit_partition_ensure from public',
      /^(?![^]*revoke execute on function audit_partition_ensure)/,
    ],
    ['create function one() returns integer language sql return 1', 'drop function one', /public\.one\(\)/],
  ];
  for (const [statement, undo, shows] of changes) {
    it(`shows ${statement}`, async () => {
      const before = await dumpSchema(empty.ownerUrl);
      assert.doesNotMatch(before, shows);
      await change(statement);
      assert.match(await dumpSchema(empty.ownerUrl), shows);
      await change(undo);
      assert.equal(await dumpSchema(empty.ownerUrl), before);
    });
  }

  const unknown: [statement: string, undo: string, named: RegExp][] = [
    [`create type mood as enum ('glad')`, 'drop type mood', /mood \(type e\)/],
    ['create view everybody as select * from accounts', 'drop view everybody', /everybody \(v\)/],
    ['create sequence counter', 'drop sequence counter', /counter \(S\)/],
  ];
  for (const [statement, undo, named] of unknown) {
    it(`cannot be written after ${statement}, which the dumper does not describe`, async () => {
      await change(statement);
      await assert.rejects(dumpSchema(empty.ownerUrl), named);
      await change(undo);
    });
  }
});
