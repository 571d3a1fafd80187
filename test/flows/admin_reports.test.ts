import assert from 'node:assert/strict';
import { adminConfiguration, createAdministrator } from '../support/administrators.ts';
import type { Administrator } from '../support/administrators.ts';
import { ada } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { storeFamily, storeSession } from '../support/stored_facts.ts';

describe('the admin API tells why', () => {
  let server: TestServer;
  let admin: Administrator;

  beforeEach(async () => {
    server = await startTestServer(adminConfiguration());
    admin = await createAdministrator(server.issuer);
  });
  afterEach(() => server.stop());

  const get = async (path: string) => {
    const { status, body } = await admin.call('GET', path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const accountOf = async (username: string) =>
    (await get(`/accounts?username=${username}`)).items[0].account_id as string;

  it('which limit holds for whom, and what lost', async () => {
    const asked = '/explain?username=joan&client_id=shop&scope=openid+payments.write';
    const { account, resources, scopes, tokens, session } = await get(asked);
    assert.deepEqual([account.username, account.roles], ['joan', ['admin', 'member']]);
    assert.deepEqual(resources, ['https://api.example.com']);
    assert.deepEqual(
      scopes.map(({ name, granted }: { name: string; granted: boolean }) => [name, granted]),
      [
        ['openid', true],
        ['payments.write', true],
      ],
    );
    const idle = tokens.find(({ field }: { field: string }) => field === 'refresh_idle');
    assert.deepEqual([idle.value, idle.policy, idle.version], [600, 'admin', 1]);
    assert.deepEqual(
      idle.candidates.map(({ policy, outcome, value }: Record<string, unknown>) => [policy, outcome, value]),
      [
        ['admin', 'won', 600],
        ['member', 'less_strict', 1800],
        ['default', 'fallback', 900],
      ],
    );
    assert.deepEqual(idle.candidates[0].sources, [{ kind: 'role', name: 'admin' }]);
    assert.equal(session.length, 3);
    const { scopes: refused } = await get('/explain?username=ada&scope=payments.write');
    assert.deepEqual([refused[0].obstacle, refused[0].roles], ['role_missing', ['admin']]);
    for (const [query, status] of [
      ['username=nobody-here', 404],
      ['client_id=none', 404],
      ['username=ada&scope=none', 404],
      ['username=ada&resource=https://none.example&resource=b', 404],
      ['', 400],
    ] as const)
      assert.equal((await admin.call('GET', `/explain?${query}`)).status, status, query);
  });

  it('what each role has, page by page', async () => {
    const first = await get('/role-limits?limit=1');
    const { role, policy, people, limits, baselines } = first.items[0];
    assert.deepEqual([role, policy, people], ['admin', 'admin', { count: 2, more: false }]);
    assert.deepEqual(limits.refresh_idle, { value: 600, policy: 'admin', version: 1 });
    assert.ok(
      baselines.some(
        ({ id, faults }: { id: string; faults: string[] }) => id === 'pci-dss-4.0.1' && faults.length > 0,
      ),
    );
    const second = await get(`/role-limits?limit=1&cursor=${first.next_cursor}`);
    assert.deepEqual([second.items[0].role, second.next_cursor], ['member', undefined]);
  });

  it('how the configuration came to be, and makes a version of it what is in force again', async () => {
    const { version: first } = (await get('/configuration/versions')).items[0];
    await admin.call('PUT', '/policies/member', { session_idle: '2h', refresh_idle: '30m' });
    await admin.call('PUT', '/policies/spare', { refresh_idle: '1h' });
    const { status, headers, body: newest } = await admin.call('GET', '/configuration/versions?limit=2');
    assert.equal(status, 200);
    assert.equal(headers.get('etag'), `"${first + 2}"`);
    const [spare, member] = newest.items;
    assert.deepEqual([spare.version, spare.author, spare.username], [first + 2, 'admin', 'grace']);
    assert.deepEqual(spare.differences[0].kind, 'added');
    assert.deepEqual(
      member.differences[0].fields.find(({ field }: { field: string }) => field === 'session_idle'),
      { field: 'session_idle', from: 3600, to: 7200, direction: 'looser' },
    );
    const older = await get(`/configuration/versions?limit=2&cursor=${newest.next_cursor}`);
    assert.equal(older.items[0].version, first);
    const ofMember = await get('/configuration/versions?policy=member&limit=1');
    assert.equal(ofMember.items[0].version, first + 1);

    const { from, to, differences } = await get(`/configuration/versions/${first}/diff`);
    assert.deepEqual([from, to, differences.length], [first, first + 2, 2]);
    assert.deepEqual((await get(`/configuration/versions/${first}/diff?to=${first}`)).differences, []);
    const half = await get(`/configuration/versions/${first}/diff?limit=1`);
    const rest = await get(`/configuration/versions/${first}/diff?limit=1&cursor=${half.next_cursor}`);
    assert.deepEqual([...half.differences, ...rest.differences], differences);
    assert.equal(rest.next_cursor, undefined);
    const none = await admin.call('GET', `/configuration/versions/${first}/diff?cursor=${btoa('["x"]')}`);
    assert.equal(none.status, 400);

    const accountId = await accountOf('ada');
    await storeSession(server.database, { accountId, clientIds: [], startedAgo: 5000, activeAgo: 5000 });
    const events = (await listEvents(server.database)).length;
    const preview = await admin.call('POST', `/configuration/versions/${first}/preview`);
    assert.equal(preview.status, 200, JSON.stringify(preview.body));
    const ends = [{ policy: 'member', reason: 'idle_timeout', sessions: 1, families: 0 }];
    assert.deepEqual(preview.body.would_end, ends);
    assert.equal((await listEvents(server.database)).length, events, 'a preview leaves no trace');
    assert.equal((await get('/configuration/versions?limit=1')).items[0].version, first + 2);

    const revert = (headersOf: Record<string, string>) =>
      admin.call('POST', `/configuration/versions/${first}/revert`, { message: 'Too long' }, headersOf);
    assert.equal((await revert({ 'if-match': `"${first}"` })).status, 412);
    const reverted = await revert({ 'if-match': `"${first + 2}"` });
    assert.equal(reverted.status, 200, JSON.stringify(reverted.body));
    assert.deepEqual([reverted.body.version, reverted.body.would_end], [first + 3, ends]);
    assert.deepEqual(reverted.body.differences, preview.body.differences);
    const [last] = (await get('/configuration/versions?limit=1')).items;
    assert.deepEqual([last.reverts_to, last.message, last.username], [first, 'Too long', 'grace']);
    assert.equal((await get('/policies/member')).limits.session_idle, 3600);

    for (const path of [`/${first + 99}/diff`, `/${first}/diff?to=${first + 99}`])
      assert.equal((await admin.call('GET', `/configuration/versions${path}`)).status, 404, path);
    for (const action of ['preview', 'revert']) {
      const unknown = await admin.call('POST', `/configuration/versions/${first + 99}/${action}`, {});
      assert.deepEqual([unknown.status, unknown.body.type], [404, 'urn:curfew:problem:not_found'], action);
    }
    for (const action of ['preview', 'revert']) {
      const nobody = await admin.call('POST', `/configuration/versions/1/${action}`, {});
      assert.deepEqual(
        [nobody.status, nobody.body.type],
        [409, 'urn:curfew:problem:last_administrator'],
        action,
      );
    }
    assert.equal((await get('/configuration/versions?limit=1')).items[0].version, first + 3);
    const reader = await createAdministrator(server.issuer, ada);
    assert.equal((await reader.call('POST', `/configuration/versions/${first}/revert`, {})).status, 403);
  });

  it('which leases run, and ends one', async () => {
    const accountId = await accountOf('ada');
    const limits = { lease_max: '2h', refresh_idle: '30m', refresh_absolute: '12h' };
    assert.equal((await admin.call('PUT', '/policies/member', limits)).status, 200);
    const sessionId = await storeSession(server.database, { accountId });
    const store = async (seconds: number, startedAgo: number) => {
      const { familyId } = await storeFamily(server.database, {
        accountId,
        sessionId,
        bound: false,
        startedAgo,
      });
      const text = `update families set lease_seconds = $2, lease_purpose = 'Books' where family_id = $1`;
      await sql(server.database, text, familyId, seconds);
      return familyId;
    };
    const older = await store(60, 120);
    const newer = await store(9 * 3600, 60);
    const { familyId: plain } = await storeFamily(server.database, { accountId, sessionId, bound: false });
    const first = await get('/leases?limit=1');
    assert.deepEqual(
      [first.items[0].family_id, first.items[0].running, first.items[0].allowed_seconds],
      [older, false, 60],
    );
    const [second, ...more] = (
      await get(`/leases?limit=1&cursor=${first.next_cursor}&account_id=${accountId}`)
    ).items;
    assert.deepEqual([second.family_id, second.running, second.purpose, more], [newer, true, 'Books', []]);
    assert.equal(Date.parse(second.ends_at) - Date.parse(second.started_at), 7_200_000, 'lease_max caps it');
    assert.deepEqual((await get(`/leases?account_id=nobody`)).items, []);
    assert.equal((await admin.call('POST', `/leases/${plain}/end`)).status, 404, 'it is no lease');
    const ended = await admin.call('POST', `/leases/${newer}/end`);
    assert.deepEqual(ended.body, { sessions: 0, families: 1 });
    const { end_reason: reason } = await sqlOne<{ end_reason: string }>(
      server.database,
      'select end_reason from families where family_id = $1',
      newer,
    );
    assert.equal(reason, 'ended_by_operator');
    assert.equal((await admin.call('POST', `/leases/${newer}/end`)).status, 404);
  });

  it('what the reports of the command line tell', async () => {
    const claiming = { session_idle: '1h', baselines: ['pci-dss-4.0.1'] };
    assert.equal((await admin.call('PUT', '/policies/member', claiming)).status, 200);
    const { counts, rows, unclaimed_policies: unclaimed } = await get('/reports/compliance');
    assert.ok(counts.fail > 0);
    assert.ok(rows.every(({ baseline }: { baseline: string }) => baseline === 'pci-dss-4.0.1'));
    assert.deepEqual(
      unclaimed,
      ['admin', 'default'].filter((name) => unclaimed.includes(name)),
    );
    assert.deepEqual((await get('/reports/compliance?policy=admin')).rows, []);
    assert.equal((await admin.call('GET', '/reports/compliance?policy=none')).status, 404);
    assert.deepEqual(await get('/reports/timeouts?since=8h&by=role'), {
      since: 28_800,
      within: 900,
      by: 'role',
      rows: [],
    });
    assert.deepEqual(await get('/reports/usage?weight=2.5'), {
      since: 2_592_000,
      weight: 2.5,
      by: 'policy',
      rows: [],
    });
    for (const query of ['since=0s', 'since=9999999999d', 'by=age', 'within=soon'])
      assert.equal((await admin.call('GET', `/reports/timeouts?${query}`)).status, 400, query);
    for (const query of ['weight=0', 'weight=-1', 'weight=x'])
      assert.equal((await admin.call('GET', `/reports/usage?${query}`)).status, 400, query);
  });

  it('what a month brought, as figures and as a page', async () => {
    const { month, day, is_whole: isWhole, compliance, ...told } = await get('/reports/monthly');
    assert.match(`${month} ${day}`, /^\d{4}-\d\d \d{4}-\d\d-\d\d$/);
    assert.ok(isWhole && month < day);
    assert.deepEqual(compliance.counts, (await get('/reports/compliance')).counts);
    assert.deepEqual([told.usage, told.timeouts], [[], []]);
    const begun = await get(`/reports/monthly?month=${day.slice(0, 7)}`);
    assert.equal(begun.is_whole, false);
    assert.ok(
      begun.live.some(({ count }: { count: number }) => count > 0),
      JSON.stringify(begun.live),
    );
    const page = await admin.call('GET', '/reports/monthly.html');
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(page.body, /^<!doctype html>/i);
    const refused = await admin.call('GET', '/reports/monthly?month=2099-01');
    assert.deepEqual([refused.status, refused.body.detail], [400, '2099-01 has not begun.']);
    assert.equal((await admin.call('GET', '/reports/monthly?month=2026-13')).status, 400);
    assert.match((await admin.call('GET', '/reports/compliance.html')).body, /^<!doctype html>/i);
  });

  it('what the detective control found, and what idle sessions hold', async () => {
    const controls = await get('/reports/controls');
    assert.deepEqual([controls.findings, Array.isArray(controls.walks)], [[], true]);
    const { rows } = await get('/reports/idle-holdings');
    assert.ok(rows.length > 0);
    for (const row of rows) assert.ok(row.idle <= row.sessions && row.limit > 0, JSON.stringify(row));
  });

  it('what became of a key, and removes one that leaked', async () => {
    const { items } = (await admin.call('POST', '/keys/rotate', { force: true })).body;
    const idOf = (state: string) =>
      items.find((key: { state: string }) => key.state === state).key_id as string;
    const previous = idOf('previous');
    for (const state of ['current', 'next']) {
      const { status, body } = await admin.call('DELETE', `/keys/${idOf(state)}`);
      assert.deepEqual([status, body.type], [409, 'urn:curfew:problem:conflict'], state);
    }
    const removed = await admin.call('DELETE', `/keys/${previous}`);
    assert.equal(removed.status, 200);
    assert.ok(!removed.body.items.some(({ key_id: id }: { key_id: string }) => id === previous));
    assert.equal((await admin.call('DELETE', `/keys/${previous}`)).status, 404);
    const event = (await listEvents(server.database)).findLast(({ name }) => name === 'signing_key.removed');
    assert.equal(event?.detail.key_id, previous);
  });
});
