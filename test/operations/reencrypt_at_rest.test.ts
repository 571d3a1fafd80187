import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { recordEvent } from '../../src/events/record_event.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { verifyTrail } from '../../src/events/verify_trail.ts';
import { ensureSigningKeys } from '../../src/operations/ensure_signing_keys.ts';
import { reencryptAtRest } from '../../src/operations/reencrypt_at_rest.ts';
import { createKeySource } from '../../src/provider/key_source.ts';
import { sealedColumns } from '../../src/store/sealed_columns.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { sql } from '../support/sql.ts';
import { storeAccount } from '../support/stored_facts.ts';

const [first, second, third] = ['one', 'two', 'three'].map((text) => Buffer.alloc(32, text)) as [
  Buffer,
  Buffer,
  Buffer,
];
const old = createSecretsAtRest([first]);
const both = createSecretsAtRest([second, first]);
const newest = createSecretsAtRest([second]);
const origin = { actor: 'test' };

describe('encrypting anew what is kept', function () {
  this.timeout(60_000);
  let test: TestDatabase;

  beforeEach(async () => {
    test = await createTestDatabase();
  });
  afterEach(() => test.drop());

  /** Five authenticators, a window and the signing keys. */
  async function fill(): Promise<void> {
    const accountId = await storeAccount(test.database);
    for (let made = 0; made < 5; made += 1) {
      const id = randomUUID();
      await sql(
        test.database,
        `insert into totp_factors (factor_id, account_id, name, secret_sealed, session_id) values ($1, $2, 'an app', $3, 's')`,
        id,
        accountId,
        old.seal(Buffer.from(id), `totp_factors:secret_sealed:${id}`),
      );
    }
    const window = randomUUID();
    await sql(
      test.database,
      'insert into window_secrets (window_id, secret_sealed) values ($1, $2)',
      window,
      old.seal(Buffer.from(window), `window_secrets:secret_sealed:${window}`),
    );
    await ensureSigningKeys(test.database, old);
  }

  const rewrite = (secrets = both) => reencryptAtRest(test.database, secrets, { batch: 2 }, origin);
  const countsOf = (columns: Awaited<ReturnType<typeof rewrite>>) =>
    Object.fromEntries(
      columns.map(({ name, reencrypted, left, unreadable }) => [name, [reencrypted, left, unreadable]]),
    );
  const valuesOf = (table: string, key: string, column: string) =>
    sql<{ id: string; sealed: string }>(
      test.database,
      `select ${key}::text as id, ${column} as sealed from ${table} where ${column} is not null`,
    );

  it('knows every column of sealed texts that the database has', async () => {
    const columns = await sql<{ name: string }>(
      test.database,
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and column_name like '%\\_sealed' and data_type = 'text' order by 1`,
    );
    assert.deepEqual(
      columns.map(({ name }) => name),
      sealedColumns.map(({ table, column }) => `${table}.${column}`).toSorted(),
    );
  });

  it('leaves everything to the newest secret alone, once however often it is done', async () => {
    await fill();
    assert.deepEqual(countsOf(await rewrite()), {
      'signing_keys.private_sealed': [6, 0, 0],
      'trail_keys.key_sealed': [0, 0, 0],
      'totp_factors.secret_sealed': [5, 0, 0],
      'ssf_streams.push_authorization_sealed': [0, 0, 0],
      'window_secrets.secret_sealed': [1, 0, 0],
    });
    for (const [table, key] of [
      ['totp_factors', 'factor_id'],
      ['window_secrets', 'window_id'],
    ] as const) {
      for (const { id, sealed } of await valuesOf(table, key, 'secret_sealed'))
        assert.equal(newest.open(sealed, `${table}:secret_sealed:${id}`).toString(), id);
    }
    assert.equal((await createKeySource(test.database, newest)).current().tokens.length, 4);

    const again = countsOf(await rewrite());
    assert.ok(Object.values(again).every((counts) => counts.every((count) => count === 0)));
    const events = await sql<{ detail: Record<string, number> }>(
      test.database,
      `select detail from audit_events where name = 'secrets.reencrypted'`,
    );
    assert.deepEqual(
      events.map(({ detail }) => detail),
      [
        {
          'signing_keys.private_sealed': 6,
          'totp_factors.secret_sealed': 5,
          'window_secrets.secret_sealed': 1,
          actor: 'test',
        },
      ],
    );
  });

  it('waits for no lock, says what it left, and takes it up the next time', async () => {
    await fill();
    await test.database.transaction(async (tx) => {
      await tx.query({ name: 'hold_one', text: 'select from totp_factors limit 1 for update' });
      assert.deepEqual(countsOf(await rewrite())['totp_factors.secret_sealed'], [4, 1, 0]);
    });
    assert.deepEqual(countsOf(await rewrite())['totp_factors.secret_sealed'], [1, 0, 0]);
  });

  it('leaves alone what no secret opens, and says so', async () => {
    await fill();
    const [{ id } = { id: '' }] = await valuesOf('totp_factors', 'factor_id', 'secret_sealed');
    const context = `totp_factors:secret_sealed:${id}`;
    const foreign = createSecretsAtRest([third]).seal(Buffer.from('lost'), context);
    await sql(test.database, 'update totp_factors set secret_sealed = $1 where factor_id = $2', foreign, id);
    assert.deepEqual(countsOf(await rewrite())['totp_factors.secret_sealed'], [4, 0, 1]);
    const kept = (await valuesOf('totp_factors', 'factor_id', 'secret_sealed')).find(
      (value) => value.id === id,
    );
    assert.equal(kept?.sealed, foreign);
  });

  it('keeps the trail provable and sealed on, through two secrets that were dropped', async () => {
    const record = () => recordEvent(test.database, 'mfa.passed', {}, {}, {});
    await record();
    await createSealer(test.database, old)();
    assert.match((await verifyTrail(test.database, newest)).faults[0] ?? '', /no CURFEW_SECRET/);

    await rewrite();
    // Nothing was sealed with the new secret yet: the head is still under the key of the dropped one.
    assert.deepEqual((await verifyTrail(test.database, newest)).faults, []);
    await record();
    assert.ok((await createSealer(test.database, newest)()) > 0);
    const last = createSecretsAtRest([third]);
    await rewrite(createSecretsAtRest([third, second]));
    const report = await verifyTrail(test.database, last);
    assert.deepEqual([report.faults, report.seals], [[], 2]);
    await record();
    assert.ok((await createSealer(test.database, last)()) > 0);
    assert.deepEqual((await verifyTrail(test.database, last)).faults, []);
    assert.notDeepEqual((await verifyTrail(test.database, createSecretsAtRest([first]))).faults, []);
  });
});
