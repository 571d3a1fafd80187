import assert from 'node:assert/strict';
import { openDatabase, sqlState } from '../../src/store/database.ts';
import type { Database, Queryable } from '../../src/store/database.ts';
import { asAdmin, createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql, sqlOne, waitForLockWaiters } from '../support/sql.ts';

describe('a transaction', () => {
  let test: TestDatabase;
  let database: Database;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
  });
  after(() => test.drop());
  beforeEach(() => sql(database, 'delete from roles'));

  const addRole = (db: Queryable, name: string) => sql(db, 'insert into roles (name) values ($1)', name);
  const listRoles = async () => {
    const rows = await sql<{ name: string }>(database, 'select name from roles order by name');
    return rows.map(({ name }) => name);
  };

  it('commits when its work resolves, and gives what that gave', async () => {
    const result = await database.transaction(async (tx) => {
      await addRole(tx, 'member');
      assert.deepEqual(await listRoles(), [], 'nobody else sees it before');
      return 'a result';
    });
    assert.equal(result, 'a result');
    assert.deepEqual(await listRoles(), ['member']);
  });

  it('rolls back when its work throws, with that very error', async () => {
    const error = new Error('no');
    const work = database.transaction(async (tx) => {
      await addRole(tx, 'member');
      throw error;
    });
    await assert.rejects(work, (thrown) => thrown === error);
    assert.deepEqual(await listRoles(), []);
  });

  it('rolls back when a statement fails, and its connection is good again', async () => {
    const single = openDatabase({ url: test.serverUrl, size: 1, prepared: true, onError: assert.fail });
    const work = single.transaction(async (tx) => {
      await addRole(tx, 'member');
      await addRole(tx, 'member');
    });
    await assert.rejects(work, { code: '23505' });
    await single.transaction((tx) => addRole(tx, 'admin'));
    await single.end();
    assert.deepEqual(await listRoles(), ['admin']);
  });

  it('is READ COMMITTED', async () => {
    const text = `select current_setting('transaction_isolation') as level`;
    assert.deepEqual(await database.transaction((tx) => sqlOne(tx, text)), { level: 'read committed' });
  });

  it('ends well after a deadlock, its work done again', async () => {
    await addRole(database, 'a');
    await addRole(database, 'b');
    let attempts = 0;
    let holders = 0;
    let meet: (() => void) | undefined;
    const bothHoldOne = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const lockBoth = (first: string, second: string) =>
      database.transaction(async (tx) => {
        attempts += 1;
        await sql(tx, 'select from roles where name = $1 for update', first);
        holders += 1;
        if (holders === 2) meet?.();
        await bothHoldOne;
        await sql(tx, 'select from roles where name = $1 for update', second);
        await addRole(tx, `${first} then ${second}`);
      });
    await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')]);
    assert.ok(attempts >= 3, 'one of the two at least was run again');
    assert.deepEqual(await listRoles(), ['a', 'a then b', 'b', 'b then a']);
  });

  const raise = (code: string) => `do $$ begin raise exception using errcode = '${code}'; end $$`;
  const failures: [code: string, what: string, attempts: number][] = [
    ['40P01', 'a deadlock', 3],
    ['40001', 'a serialisation failure', 3],
    ['23505', 'a duplicate', 1],
    ['55P03', 'a lock not to be had', 1],
    ['57014', 'a statement that took too long', 1],
  ];
  for (const [code, what, expected] of failures) {
    it(`gives up after ${what} that comes every time, at the ${expected === 1 ? 'first' : 'third'} attempt`, async () => {
      let attempts = 0;
      const work = database.transaction(async (tx) => {
        attempts += 1;
        await addRole(tx, `attempt ${attempts}`);
        await sql(tx, raise(code));
      });
      await assert.rejects(work, (error) => sqlState(error) === code);
      assert.equal(attempts, expected);
      assert.deepEqual(await listRoles(), []);
    });
  }

  it('waits for another that holds its row, and sees what that committed', async () => {
    await addRole(database, 'a');
    let second: Promise<unknown[]> | undefined;
    await database.transaction(async (tx) => {
      await sql(tx, `update roles set name = 'renamed' where name = 'a'`);
      second = database.transaction((other) =>
        sql(other, `delete from roles where name = 'a' returning name`),
      );
      await waitForLockWaiters(database, 1);
    });
    assert.deepEqual(await second, []);
  });
});

describe('openDatabase', () => {
  let test: TestDatabase;
  const timeouts = `select current_setting('statement_timeout') as statement,
                      current_setting('idle_in_transaction_session_timeout') as idle`;

  before(async () => {
    test = await createTestDatabase();
  });
  after(() => test.drop());

  it('acts as the role it is given', async () => {
    const url = (process.env.TEST_POSTGRES_ADMIN_URL ?? '').replace(/postgres(?=\?|$)/, test.name);
    const database = openDatabase({
      url,
      size: 1,
      prepared: true,
      role: 'curfew_server',
      onError: assert.fail,
    });
    assert.deepEqual(await sqlOne(database, 'select current_user::text as role'), { role: 'curfew_server' });
    await database.end();
  });

  it('lets no statement take longer than 10 s, nor a transaction idle longer than 15 s', async () => {
    const database = openDatabase({ url: test.serverUrl, size: 1, prepared: true, onError: assert.fail });
    assert.deepEqual(await sqlOne(database, timeouts), { statement: '10s', idle: '15s' });
    await database.end();
  });

  it('leaves time-outs as they are where the database or the role has its own', async () => {
    await asAdmin(`alter database ${test.name} set statement_timeout = '3s'`);
    const database = openDatabase({ url: test.serverUrl, size: 1, prepared: true, onError: assert.fail });
    assert.deepEqual(await sqlOne(database, timeouts), { statement: '3s', idle: '15s' });
    await database.end();
  });

  for (const prepared of [true, false]) {
    it(`${prepared ? 'keeps' : 'keeps no'} prepared statements where prepared is ${prepared}`, async () => {
      const database = openDatabase({ url: test.serverUrl, size: 1, prepared, onError: assert.fail });
      await database.query({ name: 'a_name', text: 'select 1' });
      const text = `select name from pg_prepared_statements where name = 'a_name'`;
      assert.equal((await database.query({ name: 'look', text })).length, prepared ? 1 : 0);
      await database.end();
    });
  }

  it('connects at the first query and not before', async () => {
    const database = openDatabase({
      url: 'postgres://127.0.0.1:1/none',
      size: 1,
      prepared: true,
      onError: assert.fail,
    });
    await database.end();
  });
});
