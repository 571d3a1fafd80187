import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import {
  ada,
  api,
  exampleConfiguration,
  grace,
  joan,
  portal,
  shop,
} from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('a browser session', () => {
  let server: TestServer;
  let party: RelyingParty;
  let other: RelyingParty;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());
  beforeEach(async () => {
    party = await createRelyingParty(server.issuer, shop);
    other = await createRelyingParty(server.issuer, portal, party.browser);
  });
  afterEach(() => server.clock.reset());

  /** What `prompt=none` gives: a code, or the error. */
  async function silently(which: RelyingParty): Promise<string> {
    const { url } = await which.authorize(ada, { prompt: 'none' });
    return url.searchParams.get('error') ?? 'code';
  }

  async function sessionEnds(): Promise<unknown[]> {
    const ends = (await listEvents(server.database)).filter(({ name }) => name === 'session.ended');
    return ends.map(({ detail }) => detail.reason);
  }

  it('signs a second client in without a page, once its consent is there', async () => {
    await party.signIn(ada);
    await other.signIn(ada);
    assert.equal(await silently(party), 'code');
    assert.equal(await silently(other), 'code');
  });

  it('lives until a second before its idle limit and ends at it', async () => {
    await setMember({ refresh_idle: 7200 });
    await party.signIn(ada);
    await server.clock.advance(3598);
    assert.equal(await silently(party), 'code');
    await server.clock.advance(2);
    assert.equal(await silently(party), 'login_required', 'single sign-on without a page was no activity');
    assert.ok((await sessionEnds()).includes('idle_timeout'));
    await setMember({});
  });

  it('is kept alive by the refreshes of a bound family, up to its absolute limit', async () => {
    let tokens = await party.signIn(ada);
    for (let passed = 0; passed < 42_000; passed += 1500) {
      await server.clock.advance(1500);
      tokens = await party.refresh(tokens.refresh_token ?? '');
    }
    assert.equal(await silently(party), 'code');
    await server.clock.advance(1300);
    await assertRefused(party, tokens, 'absolute_timeout');
    assert.equal(await silently(party), 'code', 'the session has a longer absolute limit than the family');
  });

  it('ends at its absolute limit, with everything bound to it, and says why on the sign-in page', async () => {
    const limits = {
      ...exampleConfiguration().policies.get('member')?.limits,
      session_absolute: 7200,
      session_idle: 7200,
    };
    await server.apply({
      policies: new Map([...exampleConfiguration().policies, ['member', { limits, baselines: [] }]]),
    });
    let tokens = await party.signIn(ada);
    assert.equal(tokens.authorization_expires_in, 7199, 'the session is the tighter bound');
    for (let passed = 0; passed < 6000; passed += 1500) {
      await server.clock.advance(1500);
      tokens = await party.refresh(tokens.refresh_token ?? '');
    }
    await server.clock.advance(1200);
    await assertRefused(party, tokens, 'absolute_timeout');
    const page = await party.browser.open(`${server.issuer}/auth?${authorizeQuery()}`);
    assert.match(page.text, /You were signed out because a sign-in lasts 2 hours at most\./);
    await server.apply({ policies: exampleConfiguration().policies });
  });

  it('says after idling how long it was, and goes on where the user was', async () => {
    await party.signIn(ada);
    await server.clock.advance(3600);
    const page = await party.browser.open(`${server.issuer}/auth?${authorizeQuery()}`);
    assert.match(page.text, /You were signed out after 1 hour without activity\./);
    const done = await party.browser.submit(page, /sign-in$/, ada);
    assert.ok(done.url.searchParams.get('code'));
  });

  it('asks for the password with prompt=login and with a max_age that has passed', async () => {
    const first = decodeJwt((await party.signIn(ada)).id_token ?? '');
    await server.clock.advance(100);
    const kept = decodeJwt((await party.signIn(ada, { max_age: '10000' })).id_token ?? '');
    assert.equal(kept.auth_time, first.auth_time);
    const page = await party.browser.open(`${server.issuer}/auth?${authorizeQuery({ max_age: '50' })}`);
    assert.match(page.text, /Confirm it(&#39;|')s you/);
    const again = decodeJwt((await party.signIn(ada, { prompt: 'login' })).id_token ?? '');
    assert.ok(Number(again.auth_time) >= Number(first.auth_time) + 100);
    assert.equal(again.sub, first.sub);
  });

  it('gets a new identifier at each sign-in and keeps its name', async () => {
    await party.signIn(ada);
    const before = party.browser.cookie('curfew_session');
    const sid = decodeJwt(
      (await party.signIn(ada, { claims: '{"id_token":{"sid":null}}' })).id_token ?? '',
    ).sid;
    await party.signIn(ada, { prompt: 'login' });
    assert.notEqual(party.browser.cookie('curfew_session'), before);
    const after = decodeJwt(
      (await party.signIn(ada, { claims: '{"id_token":{"sid":null}}' })).id_token ?? '',
    ).sid;
    assert.equal(after, sid);
  });

  it('is replaced when another account signs in, and its bound tokens end', async () => {
    const tokens = await party.signIn(ada);
    const page = await party.browser.open(`${server.issuer}/auth?${authorizeQuery({ prompt: 'login' })}`);
    const between = await party.browser.submit(page, /sign-in$/, grace);
    const next = await party.browser.submit(between, /session\/end\/confirm$/);
    assert.ok(next.url.searchParams.get('code') ?? /consent/.test(next.text));
    await assertRefused(party, tokens, 'replaced');
  });

  it('ends for a disabled account at once, and lets nobody in', async () => {
    const tokens = await party.signIn(grace);
    const { disableAccount, enableAccount } = await import('../../src/operations/disable_account.ts');
    const { loadConfiguration } = await import('../../src/store/configuration.ts');
    const sub = decodeJwt(tokens.id_token ?? '').sub ?? '';
    await server.database.transaction(async (tx) => disableAccount(tx, await loadConfiguration(tx), sub, {}));
    await assertRefused(party, tokens, 'account_disabled');
    assert.equal(await silently(party), 'login_required');
    await assert.rejects(party.signIn(grace), /refused/);
    await server.database.transaction((tx) => enableAccount(tx, sub, {}));
    await assertRefused(party, tokens, 'account_disabled');
    await party.signIn(grace);
  });

  it('tells userinfo to the token of a live session only', async () => {
    const tokens = await party.signIn(ada);
    const ask = () =>
      fetch(`${server.issuer}/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    const claims = (await (await ask()).json()) as Record<string, unknown>;
    assert.equal(claims.preferred_username, 'ada');
    assert.equal(claims.email, 'ada@example.com');
    const page = await party.browser.open(`${server.issuer}/session/end`);
    await party.browser.submit(page, /session\/end\/confirm$/);
    assert.equal((await ask()).status, 401);
  });

  it('is signed out by the relying party, which gets the user back', async () => {
    const { clients } = exampleConfiguration();
    const withUri = new Map(clients);
    const known = clients.get('shop');
    if (!known) throw new Error('no shop');
    const metadata = { ...known.metadata, post_logout_redirect_uris: ['http://127.0.0.1:9/bye'] };
    withUri.set('shop', { ...known, metadata });
    await server.apply({ clients: withUri });
    const tokens = await party.signIn(ada);
    const query = new URLSearchParams({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1:9/bye',
      state: 'later',
    });
    const page = await party.browser.open(`${server.issuer}/session/end?${query.toString()}`);
    assert.match(
      page.response.headers.get('content-security-policy') ?? '',
      /form-action 'self' http:\/\/127\.0\.0\.1:9/,
    );
    const done = await party.browser.submit(page, /session\/end\/confirm$/);
    assert.equal(done.url.href, 'http://127.0.0.1:9/bye?state=later');
    await assertRefused(party, tokens, 'signed_out');
    assert.equal(await silently(party), 'login_required');
    const forged = await party.browser.open(
      `${server.issuer}/session/end?${new URLSearchParams({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://evil.example/' }).toString()}`,
    );
    assert.equal(forged.response.status, 400);
  });

  it('that ends while its user reads a page begins the request anew, and says why', async () => {
    await setMember({ session_idle: 1800 });
    const page = await party.browser.open(`${server.issuer}/auth?${authorizeQuery()}`);
    const consent = await party.browser.submit(page, /sign-in$/, ada);
    const asked = /\/consent"/.test(consent.text)
      ? consent
      : await party.browser.open(`${server.issuer}/auth?${authorizeQuery({ prompt: 'consent' })}`);
    await server.clock.advance(1800);
    const restarted = await party.browser.submit(asked, /consent$/);
    assert.match(restarted.text, /You were signed out after 30 minutes without activity\./);
    await setMember({});
    let done = await party.browser.submit(restarted, /sign-in$/, ada);
    if (/\/consent"/.test(done.text)) done = await party.browser.submit(done, /consent$/);
    assert.ok(done.url.searchParams.get('code'));
  });

  it('asks who is there when the app has a shorter idle limit than the session, and that has passed', async () => {
    const tokens = await party.signIn(ada);
    await server.clock.advance(1801);
    await assertRefused(party, tokens, 'idle_timeout');
    assert.equal(await silently(party), 'interaction_required');
    const page = await party.browser.open(`${server.issuer}/auth?${authorizeQuery()}`);
    assert.match(page.text, /Allow The shop/);
    const again = await party.signIn(ada);
    await party.refresh(again.refresh_token ?? '');
  });

  it('ends when the account begins more than its policy allows, the least recently active first', async () => {
    await setMember({ max_sessions: 2 });
    const parties = await Promise.all([1, 2, 3].map(() => createRelyingParty(server.issuer, shop)));
    const [first, second, third] = parties as [RelyingParty, RelyingParty, RelyingParty];
    const oldest = await first.signIn(joan);
    const free = await first.signIn(joan, { scope: 'openid offline_access', prompt: 'consent' });
    await server.clock.advance(10);
    const middle = await second.signIn(joan);
    await server.clock.advance(10);
    await first.refresh(oldest.refresh_token ?? '');
    await third.signIn(joan);
    await assertRefused(second, middle, 'session_limit');
    assert.equal(await silently(first), 'code');
    assert.equal(await silently(second), 'login_required');
    await first.refresh(free.refresh_token ?? '');
    await setMember({});
  });

  it('is ruled by the clients that got something through it, not by those that asked in vain', async () => {
    const { policies, clients } = exampleConfiguration();
    const brief = { limits: { session_idle: 60 }, baselines: [] };
    const known = clients.get('portal');
    if (!known) throw new Error('no portal');
    await other.signIn(ada, { scope: 'openid' });
    await server.apply({
      policies: new Map([...policies, ['brief', brief]]),
      clients: new Map([...clients, ['portal', { ...known, policy: 'brief' }]]),
    });
    party = await createRelyingParty(server.issuer, shop);
    other = await createRelyingParty(server.issuer, portal, party.browser);
    await party.signIn(ada);
    const { url } = await other.authorize(ada, {
      prompt: 'none',
      scope: 'openid reports.read',
      resource: api,
    });
    assert.equal(url.searchParams.get('error'), 'consent_required');
    await server.clock.advance(100);
    assert.equal(await silently(party), 'code');
    await server.apply({ policies, clients });
  });

  it('brings no family back to life by moving on', async () => {
    const { policies, scopes, resources } = exampleConfiguration();
    const brief = { limits: { refresh_idle: 60 }, baselines: [] };
    await server.apply({
      policies: new Map([...policies, ['brief', brief]]),
      resources: new Map([
        [
          'https://brief.example.com',
          { identifier: 'https://brief.example.com', scopes: [], policy: 'brief' },
        ],
      ]),
    });
    const long = await party.signIn(ada);
    const short = await party.signIn(ada, { resource: 'https://brief.example.com' });
    await server.clock.advance(60);
    await party.refresh(long.refresh_token ?? '');
    await assertRefused(party, short, 'idle_timeout');
    const another = await party.signIn(ada, { resource: 'https://brief.example.com' });
    await server.clock.advance(60);
    await party.signIn(ada, { prompt: 'consent' });
    await assertRefused(party, another, 'idle_timeout');
    const last = await party.signIn(ada, { resource: 'https://brief.example.com' });
    await server.clock.advance(60);
    await party.signIn(ada, { prompt: 'login' });
    await assertRefused(party, last, 'idle_timeout');
    await server.apply({ policies, scopes, resources });
  });

  it('denies the client what the user denies', async () => {
    const { url } = await party.authorize({ ...ada, deny: true }, { scope: 'openid', prompt: 'consent' });
    assert.equal(url.searchParams.get('error'), 'access_denied');
  });

  async function setMember(changed: Record<string, number>): Promise<void> {
    const { policies } = exampleConfiguration();
    const limits = { ...policies.get('member')?.limits, ...changed };
    await server.apply({ policies: new Map([...policies, ['member', { limits, baselines: [] }]]) });
  }

  function authorizeQuery(parameters: Record<string, string> = {}): string {
    return new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:9/callback',
      scope: 'openid profile email',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      ...parameters,
    }).toString();
  }
});
