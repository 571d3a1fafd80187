import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { ownsTables } from '../../src/store/schema_state.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { giveSchemaToOwner } from '../support/owner.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe("the server's role", () => {
  let test: TestDatabase;
  let database: Database;
  let thisMonth: string;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
    await giveSchemaToOwner(test);
    await sql(database, `insert into audit_events (name) values ('configuration.applied')`);
    const row = await sqlOne<{ name: string }>(
      database,
      'select tableoid::regclass::text as name from audit_events',
    );
    thisMonth = row.name;
  });
  after(() => test.drop());

  const refused = (text: string) => assert.rejects(sql(database, text), { code: '42501' }, text);

  it('adds to the trail, and the events go to the partition of their month', () => {
    assert.match(thisMonth, /^audit_events_\d{4}_\d{2}$/);
  });

  const changes = [
    `update TABLE set name = 'account.enabled'`,
    'delete from TABLE',
    'truncate TABLE',
    'alter table TABLE add extra text',
    'alter table TABLE disable trigger all',
    'alter table TABLE owner to curfew_server',
    'drop table TABLE',
    'create index on TABLE ((1))',
    'create rule quiet as on insert to TABLE do instead nothing',
  ];
  for (const change of changes) {
    it(`is refused ${change} for the trail and each of its partitions`, async () => {
      const tables = ['audit_events', thisMonth, 'audit_events_default'];
      for (const table of tables) await refused(change.replace('TABLE', table));
    });
  }

  for (const change of changes.filter((text) => !text.startsWith('update'))) {
    it(`is refused ${change} for the seals, their head and what stands for accounts`, async () => {
      const tables = ['audit_seals', 'audit_head', 'audit_subjects'];
      for (const table of tables) await refused(change.replace('TABLE', table));
    });
  }

  it('changes no seal and nothing that stands for an account', async () => {
    for (const { table, name } of await sql<{ table: string; name: string }>(
      database,
      `select attrelid::regclass::text as table, attname as name from pg_attribute
       where attrelid in ('audit_seals'::regclass, 'audit_subjects'::regclass) and attnum > 0`,
    )) {
      await refused(`update ${table} set ${name} = default`);
    }
    await refused(`insert into audit_head (singleton) values (false)`);
  });

  it('neither adds nor removes the one row of the configuration', async () => {
    await refused('delete from configuration_state');
    await refused('insert into configuration_state (version) values (1)');
  });

  it('is refused taking a partition out of the trail', async () => {
    await refused(`alter table audit_events detach partition ${thisMonth}`);
  });

  it('reaches partitions only through the trail', async () => {
    for (const table of [thisMonth, 'audit_events_default']) {
      await refused(`insert into ${table} (name) values ('account.enabled')`);
      await refused(`select from ${table}`);
    }
  });

  const others = [
    'create table extra (id integer)',
    `create table extra partition of audit_events for values from ('2040-01-01') to ('2040-02-01')`,
    'create function extra() returns integer language sql return 1',
    'create schema extra',
    'create role extra',
    'set role curfew_owner',
    `set session_replication_role = 'replica'`,
    `copy audit_events to program 'cat'`,
    `insert into schema_migrations (name) values ('9999_extra')`,
    `update schema_migrations set name = 'x'`,
    'delete from schema_migrations',
    'truncate schema_migrations',
    'drop table schema_migrations',
    'update schema_migrations_lock set is_locked = 1',
    `update policy_versions set limits = '{}'`,
    'delete from policy_versions',
    `update passkeys set public_key = ''`,
    `update passkeys set account_id = 'another'`,
    `update passkeys set credential_id = 'x'`,
    `update passkey_challenges set challenge_hash = ''`,
    'delete from accounts',
    'drop function curfew_now()',
    'create or replace function to_micros(moment timestamptz) returns double precision language sql return 0',
  ];
  for (const statement of others) {
    it(`is refused ${statement}`, () => refused(statement));
  }

  it('reads which migrations were applied', async () => {
    assert.ok((await sql(database, 'select name from schema_migrations')).length > 0);
  });

  it('owns no tables, and the owner does', async () => {
    assert.equal(await ownsTables(database), false);
    const owner = openDatabase({ url: test.ownerUrl, size: 1, prepared: true, onError: assert.fail });
    assert.equal(await ownsTables(owner), true);
    await owner.end();
  });

  describe('makes partitions with audit_partition_ensure', () => {
    const ensure = (moment: string) => sql(database, 'select audit_partition_ensure($1)', moment);
    const partitionAt = async (moment: string) => {
      const text = `insert into audit_events (name, occurred_at) values ('account.created', $1)
                    returning tableoid::regclass::text as name`;
      return (await sqlOne<{ name: string }>(database, text, moment)).name;
    };

    it('which hold exactly one month of UTC, whatever the time zone of the connection', async () => {
      await database.transaction(async (tx) => {
        await sql(tx, `set local timezone = 'Pacific/Kiritimati'`);
        await sql(tx, `select audit_partition_ensure('2031-05-17')`);
      });
      assert.equal(await partitionAt('2031-05-01T00:00:00Z'), 'audit_events_2031_05');
      assert.equal(await partitionAt('2031-05-31T23:59:59.999999Z'), 'audit_events_2031_05');
      assert.equal(await partitionAt('2031-06-01T00:00:00Z'), 'audit_events_default');
    });

    it('once, however often and from wherever it is called', async () => {
      await Promise.all(Array.from({ length: 10 }, () => ensure('2032-01-31T23:00:00Z')));
      const rows = await sql(database, `select from pg_class where relname = 'audit_events_2032_01'`);
      assert.equal(rows.length, 1);
    });

    it('and may change those no more than others', async () => {
      await ensure('2032-02-01');
      await refused('drop table audit_events_2032_02');
      await refused('delete from audit_events_2032_02');
    });

    it('but not for a month whose events already stand in the default partition', async () => {
      await partitionAt('2033-03-03');
      await ensure('2033-03-01');
      assert.equal(await partitionAt('2033-03-04'), 'audit_events_default');
    });

    it('as nobody else may', async () => {
      const text = `select has_function_privilege('pg_monitor', 'audit_partition_ensure(timestamptz)', 'execute') as may`;
      assert.deepEqual(await sqlOne(database, text), { may: false });
    });
  });
});
