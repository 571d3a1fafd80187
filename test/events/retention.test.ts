import assert from 'node:assert/strict';
import pino from 'pino';
import { dropOldMonths, eraseLateEvents } from '../../src/jobs/keep_trail.ts';
import { holdSealing } from '../../src/store/audit_seals.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { createTrail } from './trail.ts';
import type { Trail } from './trail.ts';

describe('the retention of the trail', () => {
  let trail: Trail;
  let logged: { level: number; month: string }[];

  /** Twelve events over three months long over, and two of today. */
  beforeEach(async () => {
    trail = await createTrail();
    logged = [];
    const { database } = trail.test;
    for (const month of ['2024-11', '2024-12', '2025-01']) {
      await sql(database, `select audit_partition_ensure($1)`, `${month}-15T00:00Z`);
    }
    await sql(
      database,
      `insert into audit_events (name, occurred_at) select 'old.' || n, timestamptz '2024-11-10 00:00Z' + n * interval '7 days'
       from generate_series(0, 11) n`,
    );
    await trail.record('mfa.passed');
    await trail.record('mfa.failed');
    await trail.seal();
  });
  afterEach(() => trail.drop());

  const log = pino({ base: null }, { write: (line) => void logged.push(JSON.parse(line)) });
  const drop = (retention?: number) =>
    dropOldMonths(trail.test.database, { audit: retention === undefined ? {} : { retention } }, log);
  const countOld = async () =>
    (
      await sqlOne<{ count: number }>(
        trail.test.database,
        `select count(*)::int from audit_events where name like 'old.%'`,
      )
    ).count;

  it('leaves to the next time what it may not have, because somebody seals', async () => {
    await trail.test.database.transaction(async (tx) => {
      await holdSealing(tx);
      await drop();
    });
    assert.deepEqual([await countOld(), logged], [12, []]);
    await drop();
    assert.equal(await countOld(), 0);
  });

  it('drops whole months, and what is left is still proved', async () => {
    await drop();
    assert.deepEqual(
      logged.map(({ level, month }) => [level, month]),
      [
        [30, '2024-11'],
        [30, '2024-12'],
        [30, '2025-01'],
      ],
    );
    assert.equal(await countOld(), 0);
    await trail.seal();
    await trail.record();
    await trail.seal();
    const { faults, events, dropped } = await trail.verify();
    assert.deepEqual({ faults, events, dropped }, { faults: [], events: 2 + 3 + 1, dropped: 12 });
    await trail.asOwner(`delete from audit_events where name = 'mfa.passed'`);
    assert.equal((await trail.verify()).faults.length, 1);
  });

  it('keeps months as long as it says, and none less than 30 days', async () => {
    await drop(50 * 365 * 86_400);
    assert.equal(await countOld(), 12);
    await sql(
      trail.test.database,
      `update test_clock set shift = timestamptz '2025-02-15' - clock_timestamp()`,
    );
    await drop(1);
    assert.deepEqual(
      logged.map(({ month }) => month),
      ['2024-11', '2024-12'],
    );
  });

  it('keeps a month whose events are not those that were sealed', async () => {
    await trail.asOwner(`delete from audit_events where name = 'old.4'`);
    await drop();
    assert.deepEqual(
      logged.map(({ level, month }) => [level, month]),
      [
        [30, '2024-11'],
        [30, '2025-01'],
        [50, '2024-12'],
      ],
    );
  });

  it('is no excuse for a month that was never dropped, nor for one that is young', async () => {
    await trail.asOwner(`drop table audit_events_2024_11`);
    const { faults } = await trail.verify();
    assert.equal(faults.length, 3);
    assert.match(faults[0] ?? '', /of seal 1 \(2024-11\) was removed/);
    await trail.asOwner(
      `update audit_seals set event_ids = null, digests = null, commitments = null where seal_number = 1`,
    );
    assert.deepEqual((await trail.verify()).faults, [
      'Seal 1: its list of events was removed, and its month never dropped.',
    ]);
    const month = new Date().toISOString().slice(0, 7);
    await trail.asOwner(
      `insert into audit_events (name, detail) values ('trail.month_dropped', '{"month": "${month}"}'),
         ('trail.month_dropped', '{"month": "soon"}'), ('trail.month_dropped', '{}')`,
    );
    await trail.asOwner(`delete from audit_events where name = 'mfa.failed';
      update audit_seals set event_ids = null, digests = null, commitments = null where seal_number = 4`);
    assert.deepEqual(
      (await trail.verify()).faults.map((fault) => fault.replace(/Event \S+ \(\S+ \S+\)/, 'Event')),
      [
        'Seal 1: its list of events was removed, and its month never dropped.',
        'Seal 4: its list of events was removed, and its month never dropped.',
        'Event is in no seal, though its time is sealed: it was added afterwards.',
      ],
    );
  });
});

describe('the erasure of an account from the trail', () => {
  let trail: Trail;

  beforeEach(async () => {
    trail = await createTrail();
    await sql(
      trail.test.database,
      `insert into accounts (account_id, username) values ('ada', 'ada'), ('eve', 'eve')`,
    );
    await trail.record('mfa.passed', 'ada');
    await trail.record('mfa.passed', 'eve');
    await trail.seal();
    await trail.record('mfa.failed', 'ada');
  });
  afterEach(() => trail.drop());

  const erase = async (accountId: string) => {
    await sql(
      trail.test.database,
      'update accounts set deleted_at = curfew_now() where account_id = $1',
      accountId,
    );
    return await sqlOne<{ events: number }>(
      trail.test.database,
      'select audit_erase($1) as events',
      accountId,
    );
  };
  const readTrail = async () => JSON.stringify(await sql(trail.test.database, 'select * from audit_events'));

  it('takes account, session, family, request and address away, and everything is still proved', async () => {
    assert.deepEqual(await erase('ada'), { events: 2 });
    const kept = await sql<{ account_id: string }>(
      trail.test.database,
      `select account_id, session_id, family_id, request_id, address, client_id, detail from audit_events
       where name like 'mfa.%' and account_id <> 'eve' order by event_id`,
    );
    const nothing = { session_id: null, family_id: null, request_id: null, address: null };
    assert.match(kept[0]?.account_id ?? '', /^erased:[0-9a-f-]{36}$/);
    for (const event of kept) {
      const { account_id } = kept[0] ?? {};
      assert.deepEqual(event, { account_id, ...nothing, client_id: 'shop', detail: { scope: 'openid' } });
    }
    assert.deepEqual(await sql(trail.test.database, `select account_id from audit_subjects`), [
      { account_id: 'eve' },
    ]);
    assert.deepEqual((await trail.verify()).faults, []);
    await trail.seal();
    const { faults, events } = await trail.verify();
    assert.deepEqual([faults, events], [[], 4]);
  });

  it('is done again for what the account leaves behind later', async () => {
    await erase('ada');
    await trail.record('refresh.refused', 'ada');
    await trail.seal();
    assert.match(await readTrail(), /"ada"/);
    await eraseLateEvents(trail.test.database);
    assert.doesNotMatch(await readTrail(), /"ada"/);
    await trail.seal();
    assert.deepEqual((await trail.verify()).faults, []);
    assert.equal(
      (await sql(trail.test.database, `select from audit_events where name = 'account.erased'`)).length,
      2,
    );
  });

  it('is refused for an account that is not deleted', async () => {
    await assert.rejects(sql(trail.test.database, `select audit_erase('eve')`), { code: '42501' });
  });

  it('is none while the key of the account is there, whatever an event says', async () => {
    await trail.asOwner(`insert into audit_events (name, account_id)
      select 'account.erased', 'erased:' || pseudonym from audit_subjects where account_id = 'eve'`);
    assert.match((await trail.verify()).faults.join(), /account\.erased.*key of the account/);
  });

  it('is no cover: what an erased event still says is proved, and nothing is erased without a word', async () => {
    await erase('ada');
    await trail.seal();
    await trail.asOwner('create table kept as select * from audit_events');
    const changes = [
      `update audit_events set name = 'mfa.failed' where name = 'mfa.passed' and account_id like 'erased:%'`,
      `update audit_events set address = '192.0.2.1' where name = 'mfa.passed' and account_id like 'erased:%'`,
      `update audit_events set account_id = 'eve' where name = 'mfa.passed' and account_id like 'erased:%'`,
      `update audit_events set account_id = 'erased:' || gen_random_uuid() where name = 'mfa.passed' and account_id like 'erased:%'`,
      `delete from audit_events where name = 'mfa.passed' and account_id like 'erased:%'`,
      `update audit_events e set account_id = 'erased:' || pseudonym, session_id = null, request_id = null, address = null
         from audit_subjects s where s.account_id = e.account_id`,
      `update audit_events set account_id = null, session_id = null, request_id = null, address = null where account_id = 'eve'`,
      `update audit_subjects set key = '\\x00'`,
      `update audit_subjects set pseudonym = gen_random_uuid()`,
      `delete from audit_subjects`,
    ];
    for (const change of changes) {
      await trail.asOwner('create table subjects as select * from audit_subjects');
      await trail.asOwner(change);
      const { faults } = await trail.verify();
      assert.equal(faults.length, 1, `${change}: ${faults.join('\n')}`);
      assert.match(faults[0] ?? '', /Event .* seal 1/);
      await trail.asOwner(`delete from audit_events; insert into audit_events select * from kept;
        delete from audit_subjects; insert into audit_subjects select * from subjects; drop table subjects`);
    }
    assert.deepEqual((await trail.verify()).faults, []);
  });
});
