import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { adminConfiguration, callApi, createAdministrator } from '../support/administrators.ts';
import type { Administrator } from '../support/administrators.ts';
import { ada, client, grace, joan, portal, shop } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';

const nobodysId = '00000000-0000-4000-8000-000000000000';

describe('the admin API', () => {
  let server: TestServer;
  let admin: Administrator;

  beforeEach(async () => {
    server = await startTestServer(adminConfiguration());
    admin = await createAdministrator(server.issuer);
  });
  afterEach(() => server.stop());

  const accountOf = async (username: string) => {
    const { body } = await admin.call('GET', `/accounts?username=${username}`);
    return body.items[0] as { account_id: string; roles: string[]; disabled: boolean };
  };

  describe('opens', () => {
    it('to nobody without a token, and says no more', async () => {
      const { status, headers, body } = await callApi(server.issuer, 'GET', '/accounts');
      assert.equal(status, 401);
      assert.equal(headers.get('www-authenticate'), 'Bearer');
      assert.equal(headers.get('content-type'), 'application/problem+json');
      assert.deepEqual([body.type, body.status], ['urn:curfew:problem:invalid_token', 401]);
    });

    it('to no token of another resource, of a client alone, or that has ended', async () => {
      const other = await createRelyingParty(server.issuer, shop);
      const { access_token: foreign } = await other.signIn(grace, { resource: 'https://api.example.com' });
      for (const token of [foreign, 'x', admin.token.slice(0, -2)]) {
        const { status } = await admin.call('GET', '/accounts', undefined, {
          authorization: `Bearer ${token}`,
        });
        assert.equal(status, 401);
      }
      const family = (await admin.call('GET', '/families')).body.items.find(
        ({ client_id: id }: { client_id: string }) => id === 'operators',
      );
      assert.equal((await admin.call('POST', `/families/${family.family_id}/end`)).status, 200);
      assert.equal((await admin.call('GET', '/accounts')).status, 401, 'its own family has ended');
    });

    it('to no client on its own, whatever it is registered for', async () => {
      const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
      const secret = 'secret of sixteen or more';
      const robot = client('robot', { secret, scope: 'curfew:read curfew:write', metadata: machine });
      const { clients } = adminConfiguration();
      await server.apply({ clients: new Map([...clients, ['robot', robot]]) });
      const config = await oidc.discovery(
        new URL(server.issuer),
        'robot',
        {},
        oidc.ClientSecretBasic(secret),
        {
          execute: [oidc.allowInsecureRequests],
        },
      );
      const resource = `${server.issuer}/admin`;
      const asked = oidc.clientCredentialsGrant(config, { scope: 'curfew:read', resource });
      const token = await asked.then(
        ({ access_token: got, scope }) => {
          assert.equal(scope ?? '', '');
          return got;
        },
        () => 'none',
      );
      const { status } = await admin.call('GET', '/accounts', undefined, {
        authorization: `Bearer ${token}`,
      });
      assert.ok([401, 403].includes(status));
    });

    it('for reading to a role that may only read', async () => {
      const reader = await createAdministrator(server.issuer, ada);
      assert.equal((await reader.call('GET', '/accounts')).status, 200);
      const { status, headers, body } = await reader.call('POST', `/accounts/${nobodysId}/disable`);
      assert.deepEqual([status, body.type], [403, 'urn:curfew:problem:insufficient_scope']);
      assert.equal(
        headers.get('www-authenticate'),
        'Bearer error="insufficient_scope", scope="curfew:write"',
      );
    });

    it('to nobody whose role is gone, whatever their token was made for', async () => {
      const [own, other] = [await accountOf('grace'), await createAdministrator(server.issuer, joan)];
      const roles = `/accounts/${own.account_id}/roles`;
      assert.equal((await other.call('PUT', roles, { roles: ['member'] })).status, 200);
      const { status, body } = await admin.call('PUT', roles, { roles: ['admin'] });
      assert.deepEqual([status, body.type], [403, 'urn:curfew:problem:insufficient_scope']);
      assert.equal((await admin.call('GET', '/accounts')).status, 200, 'the role they still have opens');
      assert.equal((await other.call('PUT', roles, { roles: [] })).status, 200);
      assert.equal((await admin.call('GET', '/accounts')).status, 403);
    });

    it('a change only after a fresh second factor, and says how to get there (RFC 9470)', async () => {
      await server.clock.advance(121);
      const stale = await admin.call('POST', `/accounts/${nobodysId}/disable`);
      assert.deepEqual(
        [stale.status, stale.body.type],
        [401, 'urn:curfew:problem:insufficient_user_authentication'],
      );
      const challenge = stale.headers.get('www-authenticate') ?? '';
      assert.match(challenge, /error="insufficient_user_authentication"/);
      assert.match(challenge, /acr_values="urn:curfew:acr:mfa", max_age="120"/);
      await server.clock.advance(30);
      await admin.authorize();
      assert.equal((await admin.call('POST', `/accounts/${nobodysId}/disable`)).status, 404);
    });
  });

  it('disables an account: all its access ends, and the trail says who did it', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const { refresh_token: token = '' } = await party.signIn(ada);
    const { account_id: id } = await accountOf('ada');
    const { status, body } = await admin.call('POST', `/accounts/${id}/disable`);
    assert.deepEqual([status, body], [200, { sessions: 1, families: 1 }]);
    const refused = await party.token({ grant_type: 'refresh_token', refresh_token: token });
    assert.equal(refused.status, 400);
    const own = (await accountOf('grace')).account_id;
    const event = (await listEvents(server.database)).find(({ name }) => name === 'account.disabled');
    assert.equal(event?.detail.actor, `admin:${own}`);
    assert.equal((await admin.call('POST', `/accounts/${id}/enable`)).body.disabled, false);
  });

  it('never leaves nobody who could change anything', async () => {
    const [own, other] = [await accountOf('grace'), await accountOf('joan')];
    assert.equal((await admin.call('PUT', `/accounts/${other.account_id}/roles`, { roles: [] })).status, 200);
    const attempts: [method: string, path: string, body?: unknown][] = [
      ['PUT', `/accounts/${own.account_id}/roles`, { roles: ['member'] }],
      ['POST', `/accounts/${own.account_id}/disable`],
      ['DELETE', `/accounts/${own.account_id}`],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await admin.call(method, path, body);
      assert.deepEqual(
        [answer.status, answer.body.type],
        [409, 'urn:curfew:problem:last_administrator'],
        path,
      );
    }
    const still = await accountOf('grace');
    assert.deepEqual([still.roles, still.disabled], [['admin'], false], 'and nothing of it was done');
    assert.equal(
      (await admin.call('PUT', `/accounts/${other.account_id}/roles`, { roles: ['admin'] })).status,
      200,
    );
    assert.equal((await admin.call('DELETE', `/accounts/${own.account_id}`)).status, 200);
  });

  it('changes what was read, and not what somebody changed meanwhile', async () => {
    const { account_id: id } = await accountOf('ada');
    const { headers } = await admin.call('GET', `/accounts/${id}`);
    const tag = headers.get('etag') ?? '';
    const put = (roles: string[], ifMatch: string) =>
      admin.call('PUT', `/accounts/${id}/roles`, { roles }, { 'if-match': ifMatch });
    const first = await put([], tag);
    assert.equal(first.status, 200);
    assert.notEqual(first.headers.get('etag'), tag);
    assert.equal((await put(['member'], tag)).status, 412);
    assert.equal((await put(['member'], first.headers.get('etag') ?? '')).status, 200);
    assert.equal((await put(['member'], 'W/"1"')).status, 400);
  });

  it('makes an account once for each idempotency key, however often it is asked', async () => {
    const listCreated = async () =>
      (await listEvents(server.database)).filter(({ name }) => name === 'account.created');
    const before = await listCreated();
    const key = { 'idempotency-key': 'create-linus-1' };
    const make = (username: string) => admin.call('POST', '/accounts', { username, roles: ['member'] }, key);
    const answers = await Promise.all([make('linus'), make('linus'), make('linus')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201],
    );
    assert.equal(new Set(answers.map(({ body }) => body.account_id)).size, 1);
    assert.equal((await make('other')).status, 422);
    const again = await admin.call('POST', '/accounts', { username: 'Linus' });
    assert.deepEqual([again.status, again.body.type], [409, 'urn:curfew:problem:conflict']);
    assert.equal((await listCreated()).length, before.length + 1);
    const answered = await sql(
      server.database,
      'select encode(key_hash, $1) as hash from idempotent_answers',
      'hex',
    );
    assert.doesNotMatch(JSON.stringify(answered), /linus/);
  });

  it('lists accounts page by page, and finds them by the beginning of the name and by role', async () => {
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await admin.call('GET', `/accounts?limit=3${cursor && `&cursor=${cursor}`}`);
      assert.ok(body.items.length <= 3);
      names.push(...body.items.map(({ username }: { username: string }) => username));
      cursor = body.next_cursor ?? '';
    } while (cursor);
    assert.deepEqual(names, ['ada', 'grace', 'joan', 'nobody']);
    const usernames = async (query: string) =>
      (await admin.call('GET', `/accounts?${query}`)).body.items.map(
        (one: { username: string }) => one.username,
      );
    assert.deepEqual(await usernames('username=JO'), ['joan']);
    assert.deepEqual(await usernames('role=admin'), ['grace', 'joan']);
    assert.deepEqual(await usernames('username=j&role=member'), ['joan']);
    assert.equal((await admin.call('GET', '/accounts?cursor=abc')).status, 400);
    assert.deepEqual(await usernames('after=Grace'), ['joan', 'nobody']);
    assert.deepEqual(await usernames('after=a&limit=2'), ['ada', 'grace']);
    const clients = (await admin.call('GET', '/clients?limit=200')).body.items as { client_id: string }[];
    const ids = clients.map(({ client_id: id }) => id);
    const later = (await admin.call('GET', '/clients?after=portal')).body.items as { client_id: string }[];
    assert.deepEqual(
      later.map(({ client_id: id }) => id),
      ids.filter((id) => id > 'portal'),
    );
    const versions = '/configuration/versions';
    const [newest] = (await admin.call('GET', `${versions}?limit=1`)).body.items;
    const older = (await admin.call('GET', `${versions}?before=${newest.version}`)).body.items;
    assert.ok(older.every(({ version }: { version: number }) => version < newest.version));
  });

  it('ends a session with words for whom it was', async () => {
    const party = await createRelyingParty(server.issuer, portal);
    await party.signIn(joan);
    const [session] = (
      await admin.call('GET', `/sessions?account_id=${(await accountOf('joan')).account_id}`)
    ).body.items;
    const path = `/sessions/${session.session_id}/end`;
    assert.equal((await admin.call('POST', path, { reason: 'two\nlines' })).status, 400);
    assert.equal((await admin.call('POST', path, 'x', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await admin.call('POST', path, { reason: 'Your device was reported lost' })).status, 200);
    assert.match(
      (await party.browser.open(`${server.issuer}/account`)).text,
      /Your device was reported lost/,
    );
    assert.ok(!JSON.stringify(await listEvents(server.database)).includes('reported lost'));
  });

  it('lists live sessions and families with both deadlines and the policies that won', async () => {
    await (await createRelyingParty(server.issuer, portal)).signIn(joan);
    const { account_id: id } = await accountOf('joan');
    const { items } = (await admin.call('GET', `/sessions?account_id=${id}`)).body;
    assert.equal(items.length, 1);
    const [session] = items;
    assert.deepEqual([session.username, session.clients], ['joan', ['portal']]);
    assert.equal(Date.parse(session.idle_ends_at) - Date.parse(session.last_activity_at), 3600_000);
    assert.equal(Date.parse(session.absolute_ends_at) - Date.parse(session.started_at), 86_400_000);
    const whole = (await admin.call('GET', `/sessions/${session.session_id}`)).body;
    assert.equal(whole.families.length, 1);
    assert.deepEqual(whole.families[0].idle_limit, { seconds: 600, policy: 'admin', version: 1 });

    assert.deepEqual((await admin.call('POST', `/sessions/${session.session_id}/end`)).body, {
      sessions: 1,
      families: 1,
    });
    assert.equal((await admin.call('GET', `/sessions/${session.session_id}`)).status, 404);
    assert.equal((await admin.call('GET', `/families/${whole.families[0].family_id}`)).status, 404);
  });

  it('pages through live families without losing one', async () => {
    for (let count = 0; count < 5; count += 1)
      await (await createRelyingParty(server.issuer, shop)).signIn(ada);
    const { account_id: id } = await accountOf('ada');
    const seen = new Set<string>();
    let cursor = '';
    do {
      const { body } = await admin.call(
        'GET',
        `/families?account_id=${id}&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      for (const { family_id: familyId } of body.items) seen.add(familyId);
      cursor = body.next_cursor ?? '';
    } while (cursor);
    assert.equal(seen.size, 5);
  });

  it('takes no cursor of its own making for a fault', async () => {
    const cursors = [
      { checkAt: 'x', id: 'y' },
      { checkAt: 0, id: 'y' },
      { checkAt: 1e300, id: nobodysId },
      'x',
      1,
    ];
    for (const made of cursors) {
      const cursor = Buffer.from(JSON.stringify(made)).toString('base64url');
      const { status, body } = await admin.call('GET', `/families?cursor=${cursor}`);
      assert.deepEqual([status, body.type], [400, 'urn:curfew:problem:invalid_request']);
    }
  });

  it('says what a policy would end before it is saved, and then it ends', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    await party.signIn(ada);
    await server.clock.advance(100);
    const stored = (await admin.call('GET', '/policies/member')).body;
    const wish = { ...stored.limits, refresh_idle: '90s', refresh_absolute: '12h' };
    const durations = Object.fromEntries(
      Object.entries(wish).map(([name, value]) => [name, typeof value === 'number' ? `${value}s` : value]),
    );
    const preview = await admin.call('POST', '/policies/member/preview', durations);
    assert.deepEqual(preview.body.would_end, [
      { policy: 'member', reason: 'idle_timeout', sessions: 0, families: 1 },
    ]);
    assert.equal(preview.body.would_end_is_exact, true);
    assert.deepEqual(preview.body.would_end_in_all.families, { count: 1, from: 1, to: 1 });
    const counted = await admin.call('POST', '/policies/member/preview?exact=true', durations);
    assert.deepEqual(counted.body, preview.body);
    assert.equal(
      (await admin.call('GET', '/policies/member')).body.version,
      stored.version,
      'nothing changed',
    );
    const saved = await admin.call('PUT', '/policies/member', durations, {
      'if-match': `"${stored.version}"`,
    });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    assert.deepEqual(
      [saved.body.version, saved.body.would_end],
      [stored.version + 1, preview.body.would_end],
    );
    assert.deepEqual((await admin.call('GET', '/policies/member')).body.limits, saved.body.limits);
    const stale = await admin.call('PUT', '/policies/member', durations, {
      'if-match': `"${stored.version}"`,
    });
    assert.equal(stale.status, 412);
    for (let tries = 0; ; tries += 1) {
      const events = await listEvents(server.database);
      if (events.some(({ name, detail }) => name === 'family.ended' && detail.limit === 90)) break;
      assert.ok(tries < 200, 'the sweeper ends it');
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
  });

  it('keeps every one of the policies that are written at once', async () => {
    const names = ['one', 'two', 'three', 'four'];
    const put = (name: string) => admin.call('PUT', `/policies/${name}`, { session_idle: '1h' });
    for (const { status } of await Promise.all(names.map(put))) assert.equal(status, 200);
    for (const name of names) assert.equal((await admin.call('GET', `/policies/${name}`)).status, 200, name);
  });

  it('writes a policy once for each version that was read, of any number who try at once', async () => {
    const { version } = (await put('1h')).body;
    const answers = await Promise.all(['2h', '3h', '4h'].map((idle) => put(idle, `"${version}"`)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [200, 412, 412]);

    function put(idle: string, ifMatch = '*') {
      return admin.call('PUT', '/policies/spare', { session_idle: idle }, { 'if-match': ifMatch });
    }
  });

  it('deletes no policy that is in use, and not the default', async () => {
    const inUse = await admin.call('DELETE', '/policies/member');
    assert.deepEqual([inUse.status, inUse.body.type], [409, 'urn:curfew:problem:conflict']);
    assert.equal((await admin.call('PUT', '/policies/spare', { refresh_idle: '1h' })).status, 200);
    assert.equal((await admin.call('DELETE', '/policies/spare')).status, 200);
    assert.equal((await admin.call('DELETE', '/policies/spare')).status, 404);
  });

  it('lists the signing keys, and rotates them by force before the next ones are known', async () => {
    const list = async () => (await admin.call('GET', '/keys')).body.items as Record<string, string>[];
    const ids = (keys: readonly Record<string, string>[], state: string) =>
      keys.filter((key) => key.state === state).map((key) => key.key_id);
    const before = await list();
    assert.equal(before.length, 6);
    const early = await admin.call('POST', '/keys/rotate', {});
    assert.deepEqual([early.status, early.body.type], [409, 'urn:curfew:problem:conflict']);
    assert.match(early.body.detail, /not known everywhere before/);
    const forced = await admin.call('POST', '/keys/rotate', { force: true });
    assert.equal(forced.status, 200);
    assert.deepEqual(ids(await list(), 'current'), ids(before, 'next'));
    assert.deepEqual(ids(forced.body.items, 'previous'), ids(before, 'current'));
    assert.doesNotMatch(JSON.stringify([before, forced.body]), /sealed|jwk"/);
  });

  it('hands out a link with which the owner of an account sets a password, once', async () => {
    const { account_id: id } = (await admin.call('POST', '/accounts', { username: 'linus' })).body;
    const first = await admin.call('POST', `/accounts/${id}/password-link`);
    assert.equal(first.status, 201);
    const { body } = await admin.call('POST', `/accounts/${id}/password-link`);
    const { browser } = await createRelyingParty(server.issuer, shop);
    assert.match((await browser.open(first.body.url)).text, /works no more/);
    assert.match((await browser.open(body.url)).text, /Choose your password/);
    const told = JSON.stringify([server.logged, await listEvents(server.database)]);
    assert.ok(!told.includes(new URL(body.url).searchParams.get('token') ?? ''));
    const short = await admin.call('POST', `/accounts/${id}/password-link`, { valid_for: '90s' });
    assert.deepEqual([short.status, short.body.expires_in], [201, 90]);
    for (const longer of ['8d', '0s', 'soon'])
      assert.equal(
        (await admin.call('POST', `/accounts/${id}/password-link`, { valid_for: longer })).status,
        400,
      );
    const unmailed = await admin.call('POST', `/accounts/${id}/password-mail`);
    assert.deepEqual([unmailed.status, unmailed.body.detail], [409, 'The server has no mail server.']);
    await admin.call('POST', `/accounts/${id}/disable`);
    assert.equal((await admin.call('POST', `/accounts/${id}/password-link`)).status, 409);
    assert.deepEqual((await admin.call('POST', `/accounts/${id}/unlock`)).body, { forgotten: 0 });
  });

  it('shows configuration, trail and notices, and never a secret', async () => {
    const bodies = [];
    for (const path of ['/roles', '/scopes', '/resources', '/clients', '/clients/shop', '/notices?state=all'])
      bodies.push((await admin.call('GET', path)).body);
    const trail = (await admin.call('GET', '/audit-events?limit=2')).body;
    const next = (await admin.call('GET', `/audit-events?limit=2&cursor=${trail.next_cursor}`)).body;
    assert.ok(next.items[0].event_id < trail.items[1].event_id);
    const named = (await admin.call('GET', '/audit-events?name=session.started&limit=1')).body;
    assert.deepEqual(
      named.items.map(({ name }: { name: string }) => name),
      ['session.started'],
    );
    const begun = (await admin.call('GET', '/audit-events?name=session')).body;
    assert.deepEqual(begun.items, [], 'a name is a whole one');
    assert.equal((await admin.call('POST', '/notices/replay', { notice_ids: [nobodysId] })).status, 404);
    assert.deepEqual((await admin.call('POST', '/notices/replay', { notice_ids: 'all' })).body, {
      replayed: 0,
    });
    assert.doesNotMatch(JSON.stringify([bodies, trail]), /secret_hash|secretHash|client_secret"/);
  });
});
