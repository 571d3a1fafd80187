import assert from 'node:assert/strict';
import { createTrail } from './trail.ts';
import type { Trail } from './trail.ts';

describe('the verification of the trail', () => {
  let trail: Trail;
  let ids: string[];

  /** Five events under three seals. */
  beforeEach(async () => {
    trail = await createTrail();
    for (const names of [
      ['mfa.passed', 'mfa.failed'],
      ['code.exchanged'],
      ['refresh.granted', 'family.ended'],
    ] as const) {
      for (const name of names) await trail.record(name);
      await trail.seal();
    }
    const rows = await trail.asOwner<{ id: string }>(
      'select event_id as id from audit_events order by event_id',
    );
    ids = rows.map(({ id }) => id);
  });
  afterEach(() => trail.drop());

  const faultsAfter = async (change: string) => {
    await trail.asOwner(change);
    return (await trail.verify()).faults;
  };

  it('finds nothing where nothing was changed, and counts what waits', async () => {
    await trail.record();
    const { checkpoint, unsealed, since, ...report } = await trail.verify();
    assert.match(since ?? '', /^\d{4}-.*Z$/);
    assert.deepEqual(report, { seals: 3, events: 5, dropped: 0, faults: [] });
    assert.match(checkpoint ?? '', /^3:[0-9a-f]{64}$/);
    assert.equal(unsealed.count, 1);
    assert.ok(unsealed.oldestSeconds < 60);
  });

  it('finds an edit of any column of any event, and says which event', async () => {
    const columns = await listColumns('audit_events');
    assert.ok(columns.length >= 11);
    await trail.asOwner('create table kept as select * from audit_events');
    for (const id of [ids[0], ids[2], ids[4]]) {
      for (const { name, type } of columns) {
        const faults = await faultsAfter(
          `update audit_events set ${name} = ${other(name, type)} where event_id = '${id}'`,
        );
        assert.match(faults.join('\n'), new RegExp(`Event ${id}`), `${name}: ${faults.join('\n')}`);
        const unset = ['name', 'event_id', 'occurred_at', 'detail', 'xact'].includes(name)
          ? []
          : await faultsAfter(`delete from audit_events; insert into audit_events select * from kept;
              update audit_events set ${name} = null where event_id = '${id}'`);
        if (unset.length > 0) assert.match(unset.join('\n'), new RegExp(`Event ${id}`), name);
        assert.deepEqual(
          await faultsAfter('delete from audit_events; insert into audit_events select * from kept'),
          [],
        );
      }
    }
  });

  it('finds an edit of any column of any seal, and says which seal', async () => {
    await trail.asOwner('create table kept as select * from audit_seals');
    for (const number of [1, 2, 3]) {
      for (const { name, type } of await listColumns('audit_seals')) {
        const faults = await faultsAfter(
          `update audit_seals set ${name} = ${other(name, type)} where seal_number = ${number}`,
        );
        assert.match(faults.join('\n'), new RegExp(`[Ss]eals? ${number}\\b`), `${name} of ${number}`);
        assert.deepEqual(
          await faultsAfter('delete from audit_seals; insert into audit_seals select * from kept'),
          [],
        );
      }
    }
  });

  it('finds an edit of any column of the head', async () => {
    await trail.asOwner('create table kept as select * from audit_head');
    for (const { name, type } of await listColumns('audit_head')) {
      if (name === 'singleton') continue;
      const faults = await faultsAfter(`update audit_head set ${name} = ${other(name, type)}`);
      assert.match(faults.join('\n'), /head of the trail|^Seals 4 to 13 were removed/, name);
      assert.deepEqual(
        await faultsAfter('delete from audit_head; insert into audit_head select * from kept'),
        [],
      );
    }
  });

  it('finds an event that was removed, with its seal', async () => {
    const faults = await faultsAfter(`delete from audit_events where event_id = '${ids[1]}'`);
    assert.deepEqual(faults, [`Event ${ids[1]} of seal 1 (${thisMonth()}) was removed.`]);
  });

  it('finds two events that changed places', async () => {
    const faults = await faultsAfter(`
      update audit_events set event_id = '00000000-0000-7000-8000-000000000000' where event_id = '${ids[1]}';
      update audit_events set event_id = '${ids[1]}' where event_id = '${ids[3]}';
      update audit_events set event_id = '${ids[3]}' where event_id = '00000000-0000-7000-8000-000000000000'`);
    assert.equal(faults.length, 2);
    assert.match(
      faults.join('\n'),
      new RegExp(`${ids[1]}.* seal 1: it was altered.\n.*${ids[3]}.* seal 3: it was altered.`),
    );
  });

  it('finds two events whose moments were swapped', async () => {
    const faults = await faultsAfter(`
      update audit_events e set occurred_at = o.occurred_at from audit_events o
      where (e.event_id, o.event_id) in (('${ids[0]}', '${ids[2]}'), ('${ids[2]}', '${ids[0]}'))`);
    assert.equal(faults.filter((fault) => fault.includes('altered')).length, 2);
  });

  const forgeries: [what: string, columns: string, values: string][] = [
    [
      'a copy with another id',
      '',
      'select uuidv7(), occurred_at, name, account_id, client_id, session_id, family_id, request_id, address, detail, xact',
    ],
    [
      'an event of an earlier moment',
      '(name, occurred_at)',
      `select 'mfa.passed', occurred_at + interval '1 microsecond'`,
    ],
    [
      'an event of an earlier moment and id',
      '(event_id, name, occurred_at)',
      `select overlay(event_id::text placing 'fff' from 34)::uuid, 'mfa.passed', occurred_at + interval '1 microsecond'`,
    ],
    [
      'the same id in another month',
      '(event_id, name, occurred_at, xact)',
      `select event_id, name, occurred_at - interval '40 days', xact`,
    ],
  ];
  for (const [what, columns, values] of forgeries) {
    it(`finds ${what}, before and after the next sealing`, async () => {
      const [added] = await trail.asOwner<{ id: string }>(
        `insert into audit_events ${columns} ${values} from audit_events where event_id = '${ids[2]}' returning event_id as id`,
      );
      const before = (await trail.verify()).faults;
      assert.deepEqual(
        [before.length, before[0]?.includes(`Event ${added?.id}`)],
        [1, true],
        before.join('\n'),
      );
      await trail.record();
      await trail.seal();
      const after = (await trail.verify()).faults;
      assert.deepEqual([after.length, after[0]?.includes(`Event ${added?.id}`)], [1, true], after.join('\n'));
    });
  }

  it('finds an end that was cut, seals and all', async () => {
    const cut = `delete from audit_events where event_id in ('${ids[3]}', '${ids[4]}');
                 delete from audit_seals where seal_number = 3;`;
    assert.deepEqual(await faultsAfter(cut), ['Seal 3 was removed.']);
    await trail.asOwner('update audit_head set seal_number = 2');
    assert.deepEqual((await trail.verify()).faults, ['The head of the trail, or seal 2, was altered.']);
    await trail.asOwner('delete from audit_head');
    assert.deepEqual((await trail.verify()).faults, ['The head of the trail was removed.']);
  });

  it('finds a seal that was removed from the middle', async () => {
    assert.deepEqual(
      (await faultsAfter('delete from audit_seals where seal_number = 2'))[0],
      'Seal 2 was removed.',
    );
  });

  it('finds by a checkpoint kept elsewhere what a whole old copy of the database hides', async () => {
    await trail.asOwner(`create table kept_head as select * from audit_head`);
    await trail.record('mfa.passed');
    await trail.seal();
    const { checkpoint } = await trail.verify();
    assert.deepEqual((await trail.verify(checkpoint)).faults, []);
    await trail.record('mfa.failed');
    await trail.seal();
    assert.deepEqual((await trail.verify(checkpoint)).faults, []);
    await trail.asOwner(`delete from audit_seals where seal_number > 3;
      delete from audit_events where event_id > '${ids[4]}';
      delete from audit_head; insert into audit_head select * from kept_head`);
    assert.deepEqual((await trail.verify()).faults, []);
    assert.match(
      (await trail.verify(checkpoint)).faults.join(),
      /^The checkpoint 4:[0-9a-f]+ is not in the trail/,
    );
  });

  const listColumns = (table: string) =>
    trail.asOwner<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped`,
    );
});

const thisMonth = () => new Date().toISOString().slice(0, 7);

/** A value that the column does not have. */
function other(column: string, type: string): string {
  const values: Record<string, string> = {
    uuid: 'gen_random_uuid()',
    text: `coalesce(${column}, '') || 'x'`,
    jsonb: `${column} || '{"more": 1}'`,
    bigint: `${column} + 10`,
    integer: `${column} + 1`,
    date: `${column} - 31`,
    bytea: `${column} || '\\x00'`,
    xid8: `'7'`,
    'timestamp with time zone': `${column} + interval '1 microsecond'`,
    pg_snapshot: `'3:4:'`,
    'uuid[]': `array_reverse(${column} || gen_random_uuid())`,
    'bytea[]': `${column} || array['\\x00'::bytea]`,
  };
  const value = values[type];
  if (!value) throw new Error(`There is no other value of ${type}.`);
  return value;
}
