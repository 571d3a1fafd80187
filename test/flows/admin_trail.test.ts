import assert from 'node:assert/strict';
import pg from 'pg';
import { adminConfiguration, createAdministrator } from '../support/administrators.ts';
import type { Administrator } from '../support/administrators.ts';
import { waitForWaiting } from '../support/lock_wait.ts';
import { asOwner } from '../support/owner.ts';
import { waitUntil } from '../support/process_wait.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';

interface ExportedEvent {
  event_id: string;
  name: string;
  account_id: string | null;
}

describe('the trail, by the admin API', () => {
  let server: TestServer;
  let admin: Administrator;

  before(async () => {
    server = await startTestServer(adminConfiguration());
    admin = await createAdministrator(server.issuer);
  });
  after(() => server.stop());

  const verify = async (query = '') => await admin.call('GET', `/audit-verification${query}`);
  const exportTrail = async (query = '') => {
    const { status, headers, body } = await admin.call('GET', `/audit-events.ndjson${query}`);
    assert.deepEqual([status, headers.get('content-type')], [200, 'application/x-ndjson']);
    const lines = String(body).trimEnd().split('\n');
    const { checkpoint } = JSON.parse(lines.pop() ?? '') as { checkpoint: string | null };
    return { events: lines.map((line) => JSON.parse(line) as ExportedEvent), checkpoint };
  };

  it('is exported whole, page by page, with the checkpoint that a verification takes', async () => {
    await sql(
      server.database,
      `insert into audit_events (name, account_id, occurred_at)
       select 'mfa.passed', 'somebody', curfew_now() from generate_series(1, 2500)`,
    );
    await waitUntil(async () => (await verify()).body.unsealed.count === 0, 'not everything is sealed');
    const { body: proved } = await verify();
    assert.deepEqual(proved.faults, []);
    const { events, checkpoint } = await exportTrail();
    assert.ok(events.length >= 2500 && events.length >= proved.events);
    const ids = events.map(({ event_id: id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].toSorted());
    const again = await verify(`?checkpoint=${checkpoint}`);
    assert.deepEqual([again.status, again.body.faults], [200, []]);
    const foreign = await verify(`?checkpoint=1:${'0'.repeat(64)}`);
    assert.match(foreign.body.faults[0], /^The checkpoint 1:0+ is not in the trail/);
  });

  it('is exported by account, name and age', async () => {
    const { events } = await exportTrail('?account_id=somebody&name=mfa.passed&since=1h');
    assert.deepEqual(
      new Set(events.map(({ name, account_id: id }) => `${name} ${id}`)),
      new Set(['mfa.passed somebody']),
    );
    assert.equal(events.length, 2500);
    await server.clock.advance(60);
    await admin.authorize();
    assert.deepEqual(
      (await exportTrail('?name=mfa.passed&since=30s')).events.filter(
        ({ account_id: id }) => id === 'somebody',
      ),
      [],
    );
    const young = await admin.call('GET', '/audit-events?account_id=somebody&since=30s');
    assert.deepEqual([young.status, young.body.items], [200, []]);
    const named = await admin.call('GET', '/audit-events?name=configuration.applied&since=30s');
    assert.deepEqual([named.status, named.body.items], [200, []]);
  });

  it('answers by a status where nothing can be read, before anything is sent', async () => {
    for (const query of ['?account_id=%00', '?name=%00', '?since=0s', '?limit=5']) {
      const { status, headers } = await admin.call('GET', `/audit-events.ndjson${query}`);
      assert.deepEqual([status, headers.get('content-type')], [400, 'application/problem+json'], query);
    }
  });

  it('tells what was altered, in a sentence that says where', async () => {
    const [altered] = await asOwner<{ id: string }>(
      server.test.ownerUrl,
      `with chosen as (select event_id from audit_events where account_id = 'somebody' order by event_id limit 1)
       update audit_events e set address = '192.0.2.1' from chosen c where e.event_id = c.event_id
       returning e.event_id as id`,
    );
    const { status, body } = await verify();
    assert.equal(status, 200);
    assert.equal(body.faults.length, 1, body.faults.join('\n'));
    assert.match(body.faults[0], new RegExp(`^Event ${altered?.id} \\(mfa\\.passed, .*altered\\.$`));
  });

  it('is verified once at a time', async () => {
    const owner = new pg.Client({ connectionString: server.test.ownerUrl });
    await owner.connect();
    try {
      await owner.query('begin; lock table audit_seals in access exclusive mode');
      const first = verify();
      await waitForWaiting(server.database, '%from audit_seals where seal_number > $1%');
      const { status, body } = await verify();
      assert.deepEqual([status, body.type], [409, 'urn:curfew:problem:conflict']);
      await owner.query('rollback');
      assert.equal((await first).status, 200);
      assert.equal((await verify()).status, 200);
    } finally {
      await owner.end();
    }
  });
});
