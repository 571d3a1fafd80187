import assert from 'node:assert/strict';
import pg from 'pg';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { verifyTrail } from '../../src/events/verify_trail.ts';
import { sql } from '../support/sql.ts';
import { createTrail } from './trail.ts';
import type { Trail } from './trail.ts';

describe('the sealer', () => {
  let trail: Trail;
  let open: pg.Client[];

  beforeEach(async () => {
    trail = await createTrail();
    open = [];
  });
  afterEach(async () => {
    for (const client of open) await client.end();
    await trail.drop();
  });

  const begin = async () => {
    const client = new pg.Client({ connectionString: trail.test.serverUrl });
    await client.connect();
    open.push(client);
    await client.query('begin');
    return client;
  };
  const insert = (client: pg.Client, name: string) =>
    client.query('insert into audit_events (name) values ($1)', [name]);
  const listSealed = async () =>
    (
      await sql<{ name: string }>(
        trail.test.database,
        `select e.name from audit_seals s cross join unnest(s.event_ids) with ordinality u (event_id, place)
         join audit_events e using (event_id) order by s.seal_number, u.place`,
      )
    ).map(({ name }) => name);

  it('leaves out nothing and takes nothing twice, in whatever order transactions commit', async () => {
    const [early, late] = [await begin(), await begin()];
    await insert(early, 'early.first');
    await insert(late, 'late.first');
    await trail.record('signing_key.created');
    assert.equal(await trail.seal(), 1);
    await late.query('commit');
    assert.equal(await trail.seal(), 1);
    await insert(early, 'early.second');
    assert.equal(await trail.seal(), 0);
    await trail.record('configuration.applied');
    assert.equal(await trail.seal(), 1);
    await early.query('commit');
    assert.equal(await trail.seal(), 2);
    assert.equal(await trail.seal(), 0);
    assert.deepEqual(await listSealed(), [
      'signing_key.created',
      'late.first',
      'configuration.applied',
      'early.first',
      'early.second',
    ]);
    assert.deepEqual((await trail.verify()).faults, []);
  });

  it('finds the event of a transaction that ran through many sealings, however old its id is by then', async () => {
    await trail.record('signing_key.created');
    await trail.seal();
    const early = await begin();
    await insert(early, 'early');
    for (const name of ['mfa.passed', 'mfa.failed'] as const) {
      await trail.record(name);
      await trail.seal();
    }
    // Without the slack that a seal leaves for the clock, only ids after its last event are looked at.
    await trail.asOwner('update audit_seals set ids_from = event_ids[array_length(event_ids, 1)]');
    await early.query('commit');
    assert.equal(await trail.seal(), 1);
    assert.equal((await listSealed()).at(-1), 'early');
    await trail.record('factor.enrolled');
    assert.equal(await trail.seal(), 1);
  });

  it('seals each event once with any number of sealers over transactions that come and go', async () => {
    const secrets = createSecretsAtRest([trail.secret]);
    const sealers = Array.from({ length: 3 }, () => createSealer(trail.test.database, secrets));
    const writing = { on: true };
    const write = async (from: number) => {
      for (let index = 0; index < 40; index += 1) {
        await trail.test.database.transaction(async (tx) => {
          await sql(tx, 'insert into audit_events (name) values ($1)', `event.${from}.${index}`);
          await sql(tx, 'select pg_sleep($1)', (index % 7) / 1000);
        });
      }
    };
    const seal = async (sealer: () => Promise<number>) => {
      while (writing.on) await sealer();
    };
    const sealing = sealers.map(seal);
    await Promise.all([1, 2, 3, 4].map(write));
    writing.on = false;
    await Promise.all(sealing);
    await trail.seal();
    const sealed = await listSealed();
    assert.equal(sealed.length, 160);
    assert.equal(new Set(sealed).size, 160);
    const { faults, unsealed } = await trail.verify();
    assert.deepEqual([faults, unsealed.count], [[], 0]);
  });

  it('seals what is undone by nobody: an event of a transaction that rolls back is never sealed', async () => {
    const client = await begin();
    await insert(client, 'undone');
    await trail.record();
    await trail.seal();
    await client.query('rollback');
    assert.equal(await trail.seal(), 0);
    assert.deepEqual(await listSealed(), ['refresh.granted']);
  });

  it('writes nothing where nothing is new', async () => {
    await trail.record();
    await trail.seal();
    const read = () => trail.asOwner('select seal_number, xmin::text from audit_head');
    const before = await read();
    assert.equal(await trail.seal(), 0);
    assert.deepEqual(await read(), before);
  });

  it('seals a long backlog in seals of 500, months apart', async () => {
    await sql(
      trail.test.database,
      `insert into audit_events (name, occurred_at)
       select 'old.' || n, timestamptz '2025-11-30 23:00Z' + n * interval '3 seconds' from generate_series(1, 1201) n`,
    );
    assert.equal(await trail.seal(), 1201);
    const seals = await trail.asOwner(
      `select to_char(month, 'YYYY-MM') as month, event_count as count from audit_seals order by seal_number`,
    );
    assert.deepEqual(seals, [
      { month: '2025-11', count: 500 },
      { month: '2025-11', count: 500 },
      { month: '2025-11', count: 199 },
      { month: '2025-12', count: 2 },
    ]);
  });

  it('goes on under a new secret, and what the old one sealed is still proved', async () => {
    await trail.record();
    await trail.seal();
    const rotated = createSecretsAtRest([Buffer.alloc(32, 7), trail.secret]);
    await trail.record();
    assert.equal(await createSealer(trail.test.database, rotated)(), 1);
    assert.deepEqual((await verifyTrail(trail.test.database, rotated)).faults, []);
    const withoutOld = await verifyTrail(trail.test.database, createSecretsAtRest([Buffer.alloc(32, 7)]));
    assert.match(
      withoutOld.faults.join('\n'),
      /^Seal 1: no CURFEW_SECRET is the one that it was made with\.$/,
    );
    await trail.record();
    await assert.rejects(trail.seal(), { code: 'trail_altered' });
  });

  it('goes on in a cluster that counts transactions anew', async () => {
    await trail.record();
    await trail.seal();
    await trail.record('mfa.passed');
    // As if restored where the numbers are far behind those that the trail and its head know.
    await trail.asOwner(`update audit_events set xact = '9000000' where name = 'mfa.passed'`);
    await trail.signHead({ snapshot: '8000000:8000000:' });
    await trail.record('mfa.failed');
    assert.equal(await trail.seal(), 2);
    await trail.record('factor.enrolled');
    assert.equal(await trail.seal(), 1);
    assert.equal(await trail.seal(), 0);
    assert.deepEqual((await trail.verify()).faults, []);
    assert.equal((await listSealed()).length, 4);
  });

  it('meets an event with no moment and does not stop', async () => {
    await trail.asOwner(`insert into audit_events (name, occurred_at) values ('forged', 'infinity')`);
    await trail.record();
    assert.equal(await trail.seal(), 1);
    assert.match((await trail.verify()).faults.join(), /\(forged, at no moment\).*added afterwards/);
  });

  it('does not go on from a head that it cannot prove', async () => {
    await trail.record();
    await trail.seal();
    await trail.asOwner('update audit_head set seal_number = 0');
    await trail.record();
    await assert.rejects(trail.seal(), { code: 'trail_altered' });
  });

  it('tells in the trail that its end was cut, even where the head was put back to what it had been', async () => {
    await trail.record();
    await trail.seal();
    await trail.asOwner('create table kept as select * from audit_head');
    await trail.record('mfa.passed');
    await trail.seal();
    await trail.asOwner(`delete from audit_events where name = 'mfa.passed';
      delete from audit_seals where seal_number = 2;
      delete from audit_head; insert into audit_head select * from kept`);
    assert.deepEqual((await trail.verify()).faults, []);
    await trail.record();
    await trail.seal();
    await trail.seal();
    const { faults } = await trail.verify();
    assert.equal(faults.length, 1);
    assert.match(faults.join(), /trail\.cut.*2 seals.*found 1/);
  });
});
