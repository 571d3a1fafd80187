import assert from 'node:assert/strict';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { ada, client, exampleConfiguration, portal, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { snapshot, sqlOne } from '../support/sql.ts';

const shopOrigin = 'http://localhost:4001';
const portalOrigin = 'http://localhost:4002';

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

describe('/session', () => {
  let server: TestServer;
  let party: RelyingParty;

  before(async () => {
    server = await startTestServer(configuration());
  });
  after(() => server.stop());
  beforeEach(async () => {
    party = await createRelyingParty(server.issuer, shop);
    await party.signIn(ada);
    await server.clock.stop();
  });
  afterEach(() => server.clock.reset());

  async function ask(
    method: 'GET' | 'POST' | 'OPTIONS',
    path: string,
    headers: Record<string, string> = {},
    form?: Record<string, string>,
  ): Promise<Answer> {
    const body = form ? new URLSearchParams(form) : null;
    const response = await party.browser.request(path, {
      method,
      headers: { accept: '*/*', ...headers },
      body,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
  }
  const look = (headers?: Record<string, string>) => ask('GET', '/session', headers);
  const touch = (headers: Record<string, string> = {}, form?: Record<string, string>) =>
    ask('POST', '/session/touch', { 'Curfew-Touch': '1', ...headers }, form);
  const fromShop = { origin: shopOrigin, 'sec-fetch-site': 'same-site' };

  /** The stored session of this browser's person, the newest. */
  const stored = () =>
    sqlOne<{ activity: number; start: number; ended: string | null }>(
      server.database,
      `select to_micros(last_activity_at) as activity, to_micros(started_at) as start, end_reason as ended
       from sessions order by created_at desc limit 1`,
    );

  const assertForeign = ({ status, headers, body }: Answer) => {
    assert.equal(status, 403);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.deepEqual(
      [...headers.keys()].filter((name) => name.startsWith('access-control')),
      [],
    );
    assert.deepEqual(Object.keys(body), ['error', 'error_description']);
  };

  it("tells the caller's own deadlines and the server's time, as JSON that nobody keeps", async () => {
    await server.clock.advance(100);
    const { status, headers, body } = await look();
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(body.active, true);
    const { activity, start } = await stored();
    assert.equal(body.idle_ends_at, activity / 1e6 + 3600);
    assert.equal(body.absolute_ends_at, start / 1e6 + 86_400);
    assert.equal(body.idle_limit, 3600);
    assert.ok(Math.abs(Number(body.now) - Date.now() / 1000) < 60, "the database's clock has moved, too");
  });

  it('is never activity, and writes nothing at all', async () => {
    await server.clock.advance(100);
    // What the server's own jobs write meanwhile is not of these requests: `check_at` is the sweeper's.
    const unchecked = (rows: unknown[] = []) => rows.map((row) => ({ ...(row as object), check_at: '' }));
    const written = async () => {
      const { sessions, families, audit_events: events } = await snapshot(server.database);
      return { sessions: unchecked(sessions), families: unchecked(families), events };
    };
    const before = await written();
    await look();
    await look(fromShop);
    await look({ origin: 'https://evil.example' });
    await party.browser.request('/session/view');
    assert.deepEqual(await written(), before);
  });

  it('never tells an idle end after the absolute one', async () => {
    for (let passed = 0; passed < 84_000; passed += 3000) {
      await server.clock.advance(3000);
      assert.equal((await touch()).status, 200);
    }
    const { body } = await look();
    assert.equal(body.idle_ends_at, body.absolute_ends_at);
  });

  it('tells an app of the session, and lets its script read the answer', async () => {
    const { status, headers, body } = await look(fromShop);
    assert.deepEqual([status, body.active], [200, true]);
    assert.equal(headers.get('access-control-allow-origin'), shopOrigin);
    assert.equal(headers.get('access-control-allow-credentials'), 'true');
    assert.match(headers.get('vary') ?? '', /\bOrigin\b/i);
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
  });

  const foreigners: [who: string, headers: Record<string, string>][] = [
    ['an origin that nobody registered', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another port of the same host', { origin: 'http://localhost:4999', 'sec-fetch-site': 'same-site' }],
    ['an app that is not in this session', { origin: portalOrigin, 'sec-fetch-site': 'same-site' }],
    ['the app, asked across sites', { origin: shopOrigin, 'sec-fetch-site': 'cross-site' }],
    ['another site without an origin', { 'sec-fetch-site': 'cross-site' }],
    ['the same site without an origin', { 'sec-fetch-site': 'same-site' }],
    ['the app with a path', { origin: `${shopOrigin}/` }],
    ['the app in capitals', { origin: shopOrigin.toUpperCase() }],
  ];
  for (const [who, headers] of foreigners) {
    it(`says nothing to ${who}, and is not touched by it`, async () => {
      await server.clock.advance(100);
      const before = await stored();
      assertForeign(await look(headers));
      assertForeign(await touch(headers));
      assert.deepEqual(await stored(), before);
    });
  }

  it('says nothing to an app that was removed, in the very next request', async () => {
    const { clients } = configuration();
    await server.apply({ clients: new Map([...clients].filter(([id]) => id !== 'shop')) });
    const before = await stored();
    assertForeign(await look(fromShop));
    assertForeign(await touch(fromShop));
    assert.deepEqual(await stored(), before);
    await server.apply(configuration());
    await look();
  });

  it('lets an app ask that signs in through it later', async () => {
    assertForeign(await look({ origin: portalOrigin }));
    await (await createRelyingParty(server.issuer, portal, party.browser)).signIn(ada);
    assert.equal((await look({ origin: portalOrigin })).status, 200);
  });

  for (const path of ['/session', '/session/touch']) {
    it(`lets browsers of registered apps ask first, and no others: ${path}`, async () => {
      const allowed = await ask('OPTIONS', path, fromShop);
      assert.equal(allowed.status, 204);
      assert.equal(allowed.headers.get('access-control-allow-origin'), shopOrigin);
      assert.equal(allowed.headers.get('access-control-allow-headers'), 'Curfew-Touch');
      assert.equal(allowed.headers.get('access-control-allow-methods'), 'GET, POST');
      assertForeign(await ask('OPTIONS', path, { origin: 'https://evil.example' }));
      assertForeign(await ask('OPTIONS', path, { origin: shopOrigin, 'sec-fetch-site': 'cross-site' }));
    });
  }

  it('is touched: the idle limit counts from now, the absolute one stays', async () => {
    await server.clock.advance(3000);
    const before = await stored();
    const { status, headers, body } = await touch(fromShop);
    const after = await stored();
    assert.equal(status, 200);
    assert.equal(headers.get('access-control-allow-origin'), shopOrigin);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.ok(after.activity >= before.activity + 3_000_000_000);
    assert.equal(after.start, before.start);
    assert.equal(body.idle_ends_at, after.activity / 1e6 + 3600);
    assert.equal(body.absolute_ends_at, after.start / 1e6 + 86_400);
    const event = await sqlOne(
      server.database,
      `select detail from audit_events where name = 'session.extended' order by event_id desc limit 1`,
    );
    assert.deepEqual(event.detail, { web_origin: shopOrigin });
  });

  it('keeps the bound refresh tokens, too', async () => {
    const tokens = await party.signIn(ada);
    await server.clock.advance(1700);
    await touch();
    await server.clock.advance(1700);
    await party.refresh(tokens.refresh_token ?? '');
  });

  it('counts from when the user was there, never from earlier than what is known', async () => {
    await server.clock.advance(1000);
    const before = await stored();
    await touch({}, { inactive_for: '300' });
    const moved = await stored();
    assert.ok(Math.abs(moved.activity - before.activity - 700_000_000) < 5_000_000);
    for (const inactiveFor of ['301', '99999', '9999999999']) {
      assert.equal((await touch({}, { inactive_for: inactiveFor })).status, 200);
      assert.deepEqual(await stored(), moved);
    }
  });

  for (const inactiveFor of ['', '-1', '1.5', '1e3', ' 1', '12345678901', '0x1']) {
    it(`is not touched with inactive_for=${JSON.stringify(inactiveFor)}`, async () => {
      await server.clock.advance(100);
      const before = await stored();
      const { status, body } = await touch({}, { inactive_for: inactiveFor });
      assert.deepEqual([status, body.error], [400, 'invalid_request']);
      assert.deepEqual(await stored(), before);
    });
  }

  it('is never touched without the header, nor by GET', async () => {
    await server.clock.advance(100);
    const before = await stored();
    assertForeign(await ask('POST', '/session/touch', fromShop));
    assertForeign(await ask('POST', '/session/touch', {}));
    assert.equal((await ask('GET', '/session/touch', { 'Curfew-Touch': '1' })).status, 404);
    assert.equal((await ask('POST', '/session', { 'Curfew-Touch': '1' })).status, 404);
    assert.deepEqual(await stored(), before);
  });

  it('is over at its very second, says why, and is not revived', async () => {
    await server.clock.advance(3590);
    const before = await stored();
    assert.equal((await look()).body.active, true);
    await server.clock.advance(10);
    for (const { status, body } of [await look(fromShop), await touch(fromShop), await touch()]) {
      assert.ok(status === 200 || status === 401);
      assert.equal(body.active, false);
      assert.equal(body.reason, 'idle_timeout');
      assert.equal(body.ended_at, before.activity / 1e6 + 3600);
      assert.equal(body.message, 'You were signed out after 1 hour without activity.');
    }
    assert.equal((await touch()).status, 401);
    assert.equal((await stored()).activity, before.activity);
  });

  it('is not revived by a longer limit, and ends at once under a shorter one', async () => {
    await server.clock.advance(1000);
    await server.apply(configuration({ session_idle: 900 }));
    const short = await touch();
    assert.deepEqual([short.status, short.body.reason], [401, 'idle_timeout']);
    await server.apply(configuration());
    const long = await touch();
    assert.deepEqual([long.status, long.body.reason], [401, 'idle_timeout']);
    assert.equal((await look()).body.message, 'You were signed out after 15 minutes without activity.');
  });

  it('never goes beyond the absolute limit', async () => {
    const { start } = await stored();
    for (let passed = 0; passed < 84_000; passed += 3000) {
      await server.clock.advance(3000);
      await touch();
    }
    await server.clock.advance(2400);
    const { status, body } = await touch();
    assert.deepEqual([status, body.reason, body.ended_at], [401, 'absolute_timeout', start / 1e6 + 86_400]);
  });

  it('says so where there is no session: to our own pages and to any registered app', async () => {
    party.browser.clearCookies();
    for (const headers of [{}, fromShop, { origin: portalOrigin }]) {
      const { status, body } = await look(headers);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body), ['active', 'now']);
      assert.equal(body.active, false);
      assert.equal((await touch(headers)).status, 401);
    }
    assertForeign(await look({ origin: 'https://evil.example' }));
  });

  it('knows no cookie that was not signed', async () => {
    const value = party.browser.cookie('curfew_session') ?? '';
    const signature = party.browser.cookie('curfew_session.sig') ?? '';
    const forged = `curfew_session=${value}; curfew_session.sig=${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`;
    const response = await fetch(`${server.issuer}/session`, { headers: { cookie: forged } });
    assert.equal(((await response.json()) as Answer['body']).active, false);
  });

  it('that its user ended elsewhere says so to the browser that had it', async () => {
    const { accountId } = await sqlOne<{ accountId: string }>(
      server.database,
      `select account_id as "accountId" from accounts where username = 'ada'`,
    );
    await server.database.transaction(async (tx) => {
      await endAccountAccess(tx, await loadConfiguration(tx), accountId, 'credential_changed', {});
    });
    const { status, body } = await touch(fromShop);
    assert.deepEqual([status, body.reason], [401, 'credential_changed']);
    assert.match(String(body.message), /a password or factor of your account was changed/);
  });

  it('has a page for people without script, with a form that keeps them signed in', async () => {
    await server.clock.advance(3000);
    const page = await party.browser.open('/session/view');
    assert.equal(page.response.headers.get('cache-control'), 'no-store');
    assert.match(page.text, /<h1>Your session ends in 9 minutes 5\d seconds<\/h1>/);
    assert.match(page.text, /ada/);
    const before = await stored();
    const after = await party.browser.submit(page, /\/session\/view$/);
    assert.match(after.text, /<h1>Your session ends in (1 hour|59 minutes 5\d seconds)<\/h1>/);
    assert.ok((await stored()).activity > before.activity);
  });

  it('has a form that no other page can send', async () => {
    await server.clock.advance(100);
    const before = await stored();
    const attempts: [Record<string, string>, Record<string, string>][] = [
      [{ origin: server.issuer }, {}],
      [{ origin: server.issuer }, { csrf: 'guess' }],
      [{ origin: shopOrigin, 'sec-fetch-site': 'same-site' }, {}],
    ];
    for (const [headers, form] of attempts) {
      assert.equal((await ask('POST', '/session/view', headers, form)).status, 403);
    }
    assert.deepEqual(await stored(), before);
  });

  it('says on its page why it ended, and what to do', async () => {
    await server.clock.advance(3600);
    const page = await party.browser.open('/session/view');
    assert.match(page.text, /<h1>You are not signed in<\/h1>/);
    assert.match(page.text, /You were signed out after 1 hour without activity\./);
  });
});

function configuration(limits: Record<string, number> = {}): ExampleConfiguration {
  const example = exampleConfiguration();
  const member = { ...example.policies.get('member')?.limits, ...limits };
  const withOrigin = (party: { clientId: string; secret: string }, origin: string) =>
    [party.clientId, client(party.clientId, { secret: party.secret, webOrigins: [origin] })] as const;
  return {
    ...example,
    policies: new Map([...example.policies, ['member', { limits: member, baselines: [] }]]),
    clients: new Map([...example.clients, withOrigin(shop, shopOrigin), withOrigin(portal, portalOrigin)]),
  };
}
