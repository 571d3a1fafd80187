import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  ada,
  api,
  exampleConfiguration,
  grace,
  joan,
  nobody,
  shop,
  spa,
} from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { Tokens } from '../support/relying_party.ts';
import { assertRefused, findFamilies, listEvents } from '../support/gate.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

/** Offline families have clocks of their own: the session's limits stay out of the picture. */
const offline = { scope: 'openid offline_access', prompt: 'consent' };

describe('refreshes under limits', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
    await server.clock.stop();
  });
  afterEach(() => server.stop());

  it('puts the user, the resource and the authentication into an RFC 9068 access token', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read payments.write' });
    const claims = decodeJwt(tokens.access_token);
    assert.deepEqual(decodeProtectedHeader(tokens.access_token).typ, 'at+jwt');
    assert.equal(decodeProtectedHeader(tokens.access_token).alg, 'ES256');
    assert.equal(claims.aud, api);
    assert.equal(claims.iss, server.issuer);
    assert.equal(claims.client_id, 'shop');
    assert.deepEqual(claims.roles, ['member']);
    assert.equal(claims.acr, 'urn:curfew:acr:pwd');
    assert.deepEqual(claims.amr, ['pwd']);
    assert.equal(typeof claims.auth_time, 'number');
    assert.equal(typeof claims.sid, 'string');
    assert.equal(claims.scope, 'reports.read', 'a scope of another role is not granted');
  });

  const roles = [
    { person: ada, ttl: 600, idle: 1800, absolute: 43_200 },
    { person: grace, ttl: 300, idle: 600, absolute: 28_800 },
    { person: joan, ttl: 300, idle: 600, absolute: 28_800 },
    { person: nobody, ttl: 300, idle: 900, absolute: 28_800 },
  ];
  for (const { person, ttl, idle, absolute } of roles) {
    it(`gives ${person.username} the lifetimes of the roles, the strictest of several`, async () => {
      const party = await createRelyingParty(server.issuer, shop);
      const first = await party.signIn(person, offline);
      assert.equal(first.expires_in, ttl);
      assert.equal(first.authorization_expires_in, absolute);
      const second = await party.refresh(first.refresh_token ?? '');
      assert.equal(second.expires_in, ttl);
      assert.equal(second.refresh_token_timeout, idle);
      assert.ok(isWithin(second.authorization_expires_in, absolute - 2, absolute));
    });

    it(`lets ${person.username} refresh a second before the idle limit and not at it`, async () => {
      const party = await createRelyingParty(server.issuer, shop);
      let tokens = await party.signIn(person, offline);
      tokens = await party.refresh(tokens.refresh_token ?? '');
      await server.clock.advance(idle - 1);
      tokens = await party.refresh(tokens.refresh_token ?? '');
      assert.equal(tokens.refresh_token_timeout, idle);
      await server.clock.advance(idle);
      await assertRefused(party, tokens, 'idle_timeout');
      const [family] = await findFamilies(server.database);
      assert.equal(family?.end_reason, 'idle_timeout');
      assert.equal(family?.ended_after_activity, idle, 'the stored end is the moment the limit passed');
    });

    it(`ends ${person.username}'s access at the absolute limit, however busy`, async () => {
      const party = await createRelyingParty(server.issuer, shop);
      let tokens = await party.signIn(person, offline);
      let passed = 0;
      while (passed + idle - 5 < absolute - 2) {
        await server.clock.advance(idle - 5);
        passed += idle - 5;
        tokens = await party.refresh(tokens.refresh_token ?? '');
      }
      await server.clock.advance(absolute - 2 - passed);
      tokens = await party.refresh(tokens.refresh_token ?? '');
      assert.ok(isWithin(tokens.expires_in, 1, 2), 'the access token ends with the family');
      assert.ok(isWithin(tokens.authorization_expires_in, 0, 2));
      assert.ok(Number(tokens.refresh_token_timeout) <= Number(tokens.authorization_expires_in));
      await server.clock.advance(2);
      await assertRefused(party, tokens, 'absolute_timeout');
      const [family] = await findFamilies(server.database);
      assert.equal(family?.ended_after_start, absolute);
    });
  }

  it('answers a refusal with the stored reason ever after', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, offline);
    await server.clock.advance(2000);
    await assertRefused(party, tokens, 'idle_timeout');
    await server.clock.advance(100_000);
    const answer = await assertRefused(party, tokens, 'idle_timeout');
    assert.equal(answer.error_description, 'idle_timeout: no activity for 30 minutes. Sign in again.');
    const ends = (await listEvents(server.database)).filter(({ name }) => name === 'family.ended');
    assert.equal(ends.length, 1);
  });

  it('tells limit, policy and version to trusted clients alone', async () => {
    const trusted = await createRelyingParty(server.issuer, shop);
    const other = await createRelyingParty(server.issuer, spa);
    const [first, second] = [await trusted.signIn(ada, offline), await other.signIn(ada, offline)];
    await server.clock.advance(2000);
    const told = await assertRefused(trusted, first, 'idle_timeout');
    assert.deepEqual([told.limit, told.policy, told.policy_version], [1800, 'member', 1]);
    const untold = await assertRefused(other, second, 'idle_timeout');
    assert.deepEqual(Object.keys(untold).toSorted(), ['error', 'error_description']);
  });

  it('binds a live family by a limit that was shortened, and by one that was lengthened', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    let tokens = await party.signIn(ada, offline);
    await setMember(server, { refresh_idle: 60 });
    tokens = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(tokens.refresh_token_timeout, 60);
    await setMember(server, { refresh_idle: 7200, access_token_ttl: 120 });
    tokens = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(tokens.refresh_token_timeout, 7200);
    assert.equal(tokens.expires_in, 120);
    await server.clock.advance(7199);
    tokens = await party.refresh(tokens.refresh_token ?? '');
    await setMember(server, { refresh_idle: 60 });
    await server.clock.advance(61);
    await assertRefused(party, tokens, 'idle_timeout');
  });

  it('revives nothing by a lengthened limit', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, offline);
    await server.clock.advance(1801);
    await setMember(server, { refresh_idle: 86_400 });
    await assertRefused(party, tokens, 'idle_timeout');
  });

  it('counts the time that the client says its user has been away', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    let tokens = await party.signIn(ada, offline);
    await server.clock.advance(1000);
    tokens = await party.refresh(tokens.refresh_token ?? '', { inactive_for: '600' });
    assert.equal(tokens.refresh_token_timeout, 1200);
    tokens = await party.refresh(tokens.refresh_token ?? '', { inactive_for: '9999999999' });
    assert.ok(isWithin(tokens.refresh_token_timeout, 1198, 1200), 'activity never moves back');
    for (const malformed of ['', '-1', '1.5', '12345678901', '1e3', ' 1']) {
      const { status, body } = await party.token(refreshBody(tokens, { inactive_for: malformed }));
      assert.deepEqual([status, body.error], [400, 'invalid_request'], `inactive_for=${malformed}`);
    }
    const twice = new URLSearchParams(refreshBody(tokens, { inactive_for: '1' }));
    twice.append('inactive_for', '2');
    assert.equal((await party.token(twice)).body.error, 'invalid_request');
    await party.refresh(tokens.refresh_token ?? '');
  });

  it('narrows scopes and widens them again, never beyond the family', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    let tokens = await party.signIn(ada, { resource: api, scope: 'openid profile reports.read' });
    tokens = await party.refresh(tokens.refresh_token ?? '', { scope: 'openid' });
    assert.equal(tokens.scope, 'openid');
    tokens = await party.refresh(tokens.refresh_token ?? '', { scope: 'reports.read' });
    assert.equal(tokens.scope, 'reports.read');
    const wider = await party.token(refreshBody(tokens, { scope: 'openid email' }));
    assert.equal(wider.body.error, 'invalid_scope');
    const elsewhere = await party.token(refreshBody(tokens, { resource: 'https://other.example.com' }));
    assert.equal(elsewhere.body.error, 'invalid_target');
    await party.refresh(tokens.refresh_token ?? '');
  });

  it('ends tokens of a bound family with its session, and leaves offline ones alone', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const other = await createRelyingParty(server.issuer, spa, party.browser);
    const bound = await party.signIn(ada);
    const free = await other.signIn(ada, offline);
    const page = await party.browser.open(`${server.issuer}/session/end`);
    await party.browser.submit(page, /\/session\/end\/confirm$/);
    await assertRefused(party, bound, 'signed_out');
    const refreshed = await other.refresh(free.refresh_token ?? '');
    assert.equal(refreshed.refresh_token_timeout, 1800);
  });
});

function isWithin(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

function refreshBody(tokens: Tokens, more: Record<string, string>): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', ...more };
}

async function setMember(server: TestServer, limits: Record<string, number>): Promise<void> {
  const { policies } = exampleConfiguration();
  const member = policies.get('member');
  await server.apply({
    policies: new Map([...policies, ['member', { limits: { ...member?.limits, ...limits }, baselines: [] }]]),
  });
}
