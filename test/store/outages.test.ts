import assert from 'node:assert/strict';
import {
  isOutage,
  isOutcomeUnknown,
  isUnstorable,
  openDatabase,
  sqlState,
} from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { asAdmin, createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { findFreePort } from '../support/ports.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe('isOutage', () => {
  let test: TestDatabase;
  let database: Database;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
  });
  after(() => test.drop());

  async function errorOf(work: Promise<unknown>): Promise<unknown> {
    try {
      await work;
    } catch (error) {
      return error;
    }
    return assert.fail('It went well.');
  }

  async function errorAt(url: string): Promise<unknown> {
    const elsewhere = openDatabase({ url, size: 1, prepared: true, onError: () => undefined });
    const error = await errorOf(sql(elsewhere, 'select 1'));
    await elsewhere.end();
    return error;
  }

  /** End the backend of a query of ours that runs. */
  async function errorOfTerminated(): Promise<unknown> {
    const error = errorOf(sql(database, 'select pg_sleep(20)'));
    const text = `select pid from pg_stat_activity where datname = current_database() and state = 'active'
                  and query = 'select pg_sleep(20)'`;
    const giveUpAt = performance.now() + 30_000;
    let pid: number | undefined;
    while (pid === undefined && performance.now() < giveUpAt) {
      pid = (await sql<{ pid: number }>(database, text))[0]?.pid;
    }
    await asAdmin(`select pg_terminate_backend(${pid})`);
    return await error;
  }

  const realOutages: [what: string, fail: () => Promise<unknown>][] = [
    [
      'a port that nobody listens at',
      async () => errorAt(`postgres://x@127.0.0.1:${await findFreePort()}/x`),
    ],
    ['a socket that is not there', () => errorAt('postgres:///x?host=/nonexistent')],
    ['a database that is not there', () => errorAt(test.serverUrl.replace(test.name, 'nonexistent'))],
    ['a role that is not there', () => errorAt(test.serverUrl.replace(/curfew@/, 'nonexistent@'))],
    ['a backend that was ended', errorOfTerminated],
  ];
  for (const [what, fail] of realOutages) {
    it(`is true of ${what}`, async () => {
      const error = await fail();
      assert.equal(isOutage(error), true, String(error));
    });
  }

  const mistakes: [what: string, code: string, text: string][] = [
    ['a duplicate', '23505', `insert into scopes (name, description) values ('a', ''), ('a', '')`],
    ['a row that is missing elsewhere', '23503', `insert into account_roles values ('nobody', 'member')`],
    [
      'a broken check',
      '23514',
      `insert into sessions (session_id, cookie_hash, payload, last_activity_at, end_reason)
       values ('a', 'a', '{}', curfew_now(), 'revoked')`,
    ],
    ['a null where none may be', '23502', 'insert into policies (name) values (null)'],
    ['a typing error', '42601', 'selekt 1'],
    ['a right that is missing', '42501', 'drop table accounts'],
    ['a column that is missing', '42703', 'select missing from accounts'],
    ['a division by zero', '22012', 'select 1 / 0'],
    ['NUL in a text', '22P05', `select '"\\u0000"'::jsonb ->> 0`],
    ['half of a surrogate pair in JSON', '22P02', `select '"\\ud800"'::jsonb`],
    ['an identifier that is none', '22P02', `select 'x'::uuid`],
  ];
  const unstorable = ['NUL in a text', 'half of a surrogate pair in JSON'];
  for (const [what, code, text] of mistakes) {
    it(`is false of ${what} (${code})`, async () => {
      const error = await errorOf(sql(database, text));
      assert.equal(sqlState(error), code);
      assert.equal(isUnstorable(error), unstorable.includes(what));
      assert.equal(isOutage(error), false);
    });
  }

  const coded = (code: string) => Object.assign(new Error('an error'), { code });
  const table: [error: unknown, outage: boolean][] = [
    ...[
      '08000',
      '08006',
      '53100',
      '53300',
      '57P01',
      '57P02',
      '57P03',
      '57014',
      '58030',
      'XX000',
      '25006',
    ].map((code) => [coded(code), true] as [Error, boolean]),
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'].map(
      (code) => [coded(code), true] as [Error, boolean],
    ),
    ...['22001', '23505', '42P01', 'P0001', 'ERR_INVALID_ARG_TYPE'].map(
      (code) => [coded(code), false] as [Error, boolean],
    ),
    [new Error('Connection terminated unexpectedly'), true],
    [new Error('timeout exceeded when trying to connect'), true],
    [new Error('something else'), false],
    [new AggregateError([coded('ECONNREFUSED')], 'of outages'), true],
    [new AggregateError([new Error('something else')], 'of others'), false],
    ['a text', false],
    [{ code: '57P01' }, false],
    [null, false],
    [undefined, false],
  ];
  for (const [error, outage] of table) {
    const named =
      error instanceof Error ? `${error.name} ${(error as { code?: string }).code ?? error.message}` : '';
    it(`is ${outage} of ${named || JSON.stringify(error)}`, () => assert.equal(isOutage(error), outage));
  }

  it('is over as soon as the database answers again', async () => {
    const errors: Error[] = [];
    const single = openDatabase({
      url: test.serverUrl,
      size: 1,
      prepared: true,
      onError: (error) => errors.push(error),
    });
    const { pid } = await sqlOne<{ pid: number }>(single, 'select pg_backend_pid() as pid');
    await asAdmin(`select pg_terminate_backend(${pid})`);
    while (errors.length === 0) await sql(database, 'select 1');
    assert.ok(isOutage(errors[0]));
    assert.notDeepEqual(await sqlOne(single, 'select pg_backend_pid() as pid'), { pid });
    await single.end();
  });
});

describe('isOutcomeUnknown', () => {
  const reported = (code: string, severity: string) =>
    Object.assign(new Error('reported'), { code, severity });
  const table: [error: unknown, what: string, unknown: boolean][] = [
    [reported('57014', 'ERROR'), 'a statement that took too long: the database has undone it', false],
    [reported('40P01', 'ERROR'), 'a deadlock', false],
    [reported('23505', 'ERROR'), 'a duplicate', false],
    [reported('57P01', 'FATAL'), 'a backend that was ended, perhaps between commit and answer', true],
    [reported('57P02', 'FATAL'), 'a crash', true],
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'a reset', true],
    [new Error('Connection terminated unexpectedly'), 'a cut', true],
    [new Error('Query read timeout'), 'an answer that did not come', true],
    [new Error('timeout exceeded when trying to connect'), 'a full pool: it was never sent', false],
    [new Error('something else'), 'a fault of ours', false],
  ];
  for (const [error, what, unknown] of table) {
    it(`is ${unknown} of ${what}`, () => assert.equal(isOutcomeUnknown(error), unknown));
  }
});
