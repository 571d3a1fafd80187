import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import type { Limits } from '../../src/domain/policies.ts';
import { disableAccount } from '../../src/operations/disable_account.ts';
import { sweepFamilies } from '../../src/operations/sweep.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { ada, api, client, exampleConfiguration, grace } from '../support/example_configuration.ts';
import { findForm } from '../support/browser.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const robot = { clientId: 'robot', secret: 'robot secret of sixteen or more' };
const plain = { clientId: 'plain', secret: 'plain secret of sixteen or more' };
const tv = {
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  response_types: [],
  redirect_uris: [],
  dpop_bound_access_tokens: true,
};
const hour = 3600;

const leaseOf = (duration: string, purpose = 'Nightly books') =>
  JSON.stringify([{ type: 'curfew_lease', duration, purpose }]);
const scope = 'openid offline_access reports.read';
const asking = (authorization_details = leaseOf('2h')) => ({
  scope,
  resource: api,
  prompt: 'consent',
  authorization_details,
});

/** The example, with leases of at most 4 hours for members and a client that may ask for them. */
function leasingConfiguration(more: Partial<Limits> = {}) {
  const example = exampleConfiguration();
  const limits = { ...example.policies.get('member')?.limits, lease_max: 4 * hour, ...more };
  const metadata = { authorization_details_types: ['curfew_lease'] };
  return {
    ...example,
    policies: new Map([...example.policies, ['member', { limits, baselines: [] }]]),
    clients: new Map([
      ...example.clients,
      ['robot', client('robot', { secret: robot.secret, scope, trusted: true, metadata })],
      ['plain', client('plain', { secret: plain.secret, scope })],
      ['open', client('open', { scope, metadata })],
      ['bound', client('bound', { scope, metadata: { ...metadata, dpop_bound_access_tokens: true } })],
      ['tv', client('tv', { scope, metadata: { ...metadata, ...tv } })],
    ]),
  };
}

describe('a lease', () => {
  let server: TestServer;
  let party: RelyingParty;
  let known: string;

  before(async () => {
    server = await startTestServer(leasingConfiguration());
    party = await createRelyingParty(server.issuer, robot);
    known = (await party.signIn(ada, { scope, resource: api })).refresh_token ?? '';
  });
  beforeEach(async () => {
    party = await createRelyingParty(server.issuer, robot);
  });
  after(() => server.stop());

  /** Change a limit, and wait for the server's pages to know: whoever looks at a token brings it up to date. */
  async function apply(limits: Partial<Limits> = {}): Promise<void> {
    await server.apply(leasingConfiguration(limits));
    await introspect(known);
  }

  const introspect = (token: string) => oidc.tokenIntrospection(party.config, token);

  it('lets a family live on while its user is away, and ends it when the lease ends: lease_over', async () => {
    let tokens = await party.signIn(ada, asking());
    const details = [{ type: 'curfew_lease', duration: '2h', purpose: 'Nightly books' }];
    assert.deepEqual(tokens.authorization_details, details);
    assert.equal(tokens.refresh_token_timeout, 2 * hour, 'the lease outlasts the idle limit');

    await server.clock.advance(hour);
    assert.deepEqual((await introspect(tokens.refresh_token ?? '')).authorization_details, details);
    tokens = await party.refresh(tokens.refresh_token ?? '', { inactive_for: String(hour) });
    assert.deepEqual(tokens.authorization_details, details);
    assert.ok(isAbout(tokens.refresh_token_timeout, hour));

    await server.clock.advance(hour + 1);
    assert.equal((await introspect(tokens.refresh_token ?? '')).active, false);
    const refusal = await assertRefused(party, tokens, 'lease_over');
    assert.equal(
      refusal.error_description,
      'lease_over: the lease of 2 hours ended without recent activity. Sign in again.',
    );
    assert.deepEqual([refusal.limit, refusal.policy], [2 * hour, 'member']);
  });

  it('leaves the idle limit to decide once it has ended, from the last activity', async () => {
    let tokens = await party.signIn(ada, asking(leaseOf('1h')));
    await server.clock.advance(hour - 60);
    tokens = await party.refresh(tokens.refresh_token ?? '');
    assert.ok(isAbout(tokens.refresh_token_timeout, 1800));
    await server.clock.advance(120);
    tokens = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(tokens.authorization_details, undefined, 'it does not run any longer');
    await server.clock.advance(1801);
    await assertRefused(party, tokens, 'idle_timeout');
  });

  it('is told by introspection of an access token, and is not in the token itself', async () => {
    const tokens = await party.signIn(ada, asking());
    const { authorization_details: details } = await introspect(tokens.access_token);
    assert.deepEqual(details, [{ type: 'curfew_lease', duration: '2h', purpose: 'Nightly books' }]);
    assert.equal(decodeJwt(tokens.access_token).authorization_details, undefined);
  });

  it('is recorded when its family begins, with the consent before it', async () => {
    const tokens = await party.signIn(ada, asking(leaseOf('90m', 'Zahlen für März')));
    const events = await listEvents(server.database);
    const familyId = String(decodeJwt(tokens.access_token).jti).split('~')[0];
    const granted = events.find(({ name, family_id: id }) => name === 'lease.granted' && id === familyId);
    assert.deepEqual(granted?.detail, { duration: 5400, purpose: 'Zahlen für März' });
    const consents = events.filter(({ name }) => name === 'consent.granted');
    assert.deepEqual(consents.at(-1)?.detail.lease, { duration: 5400, purpose: 'Zahlen für März' });
  });

  it('is shown to its owner among the apps with access, with its purpose and its end', async () => {
    await party.signIn(ada, asking());
    const page = await party.browser.open('/account/sessions');
    assert.match(page.text, /Works on without you, ends in 1 hour 59 minutes.*“Nightly books”/s);
  });

  it('needs no resource, as nothing is allowed at one', async () => {
    const { resource: _, ...request } = asking();
    const tokens = await party.signIn(ada, { ...request, scope: 'openid offline_access' });
    assert.equal(tokens.refresh_token_timeout, 2 * hour);
    const { authorization_details: details } = await introspect(tokens.access_token);
    assert.deepEqual(details, [{ type: 'curfew_lease', duration: '2h', purpose: 'Nightly books' }]);
  });

  it('may be asked for by a public client whose tokens are bound to a key', async () => {
    party = await createRelyingParty(server.issuer, { clientId: 'bound' });
    const { url, verifier, nonce, state } = await party.authorize(ada, asking());
    const DPoP = oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair());
    const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state };
    const tokens = await oidc.authorizationCodeGrant(party.config, url, checks, undefined, { DPoP });
    assert.equal(tokens.refresh_token_timeout, 2 * hour);
    assert.equal(tokens.token_type, 'dpop');
  });

  it('may be asked for by a pushed request', async () => {
    const verifier = oidc.randomPKCECodeVerifier();
    const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
    const url = await oidc.buildAuthorizationUrlWithPAR(party.config, {
      redirect_uri: redirectUri,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state,
      ...asking(),
    });
    const returned = await party.browser.authorize(url, ada);
    const tokens = await party.exchange({ url: returned, verifier, nonce, state });
    assert.equal(tokens.refresh_token_timeout, 2 * hour);
  });

  it('is left alone by the sweeper until it ends, and then ended', async () => {
    const tokens = await party.signIn(ada, asking());
    const familyId = String(decodeJwt(tokens.access_token).jti).split('~')[0];
    const sweep = async () => sweepFamilies(server.database, await loadConfiguration(server.database), 100);
    const findEnd = async () => {
      const events = await listEvents(server.database);
      return events.find(({ name, family_id: id }) => name === 'family.ended' && id === familyId)?.detail;
    };
    await sweep();
    await server.clock.advance(2 * hour - 10);
    await sweep();
    assert.equal(await findEnd(), undefined);
    await server.clock.advance(11);
    // The server's own sweeper may be the one that finds it.
    for (let tries = 0; tries < 200 && (await findEnd()) === undefined; tries += 1) await sweep();
    const { reason, limit, lease } = (await findEnd()) ?? {};
    assert.deepEqual([reason, limit], ['lease_over', 2 * hour]);
    assert.deepEqual(lease, { duration: 2 * hour, purpose: 'Nightly books' }, 'the trail tells leases apart');
  });

  describe('is for one family:', () => {
    it('a second authorization that does not ask makes a family without one', async () => {
      await party.signIn(ada, asking());
      const { authorization_details: _, ...withoutLease } = asking();
      const tokens = await party.signIn(ada, withoutLease);
      assert.equal(tokens.authorization_details, undefined);
      assert.ok(isAbout(tokens.refresh_token_timeout, 1800));
      await server.clock.advance(1801);
      await assertRefused(party, tokens, 'idle_timeout');
    });

    it('a second one that asks shows the page again, although all scopes are granted', async () => {
      await party.signIn(ada, asking());
      const page = await party.browser.open(await authorizationUrl(asking()));
      assert.match(page.text, /For up to 2 hours, even while you are away/);
    });

    it('of simultaneous returns from one consent page, one alone brings a code', async () => {
      const { browser } = party;
      const { username, password } = ada;
      const signInPage = await browser.open(await authorizationUrl(asking()));
      const page = await browser.submit(signInPage, /sign-in$/, { username, password });
      const form = findForm(page.text, /\/consent$/);
      const allowed = await browser.request(new URL(form.action, page.url), {
        method: 'POST',
        body: new URLSearchParams(form.hidden),
        headers: { origin: server.issuer },
      });
      const resume = allowed.headers.get('location') ?? '';
      const answers = await Promise.all(Array.from({ length: 4 }, () => browser.request(resume)));
      const codes = answers.filter((answer) => answer.headers.get('location')?.includes('code='));
      assert.equal(codes.length, 1);
    });

    it('prompt=none is refused, signed in or not', async () => {
      const request = { ...asking(), prompt: 'none' };
      assert.equal(await findError(request), 'login_required');
      await party.signIn(ada, asking());
      assert.equal(await findError(request), 'consent_required');
    });
  });

  describe('does not keep the rest from ending its family:', () => {
    it('the absolute limit', async () => {
      await apply({ refresh_absolute: hour });
      const tokens = await party.signIn(ada, asking());
      assert.equal(tokens.refresh_token_timeout, hour);
      await server.clock.advance(hour);
      await assertRefused(party, tokens, 'absolute_timeout');
      await apply();
    });

    it('revocation', async () => {
      const tokens = await party.signIn(ada, asking());
      await oidc.tokenRevocation(party.config, tokens.refresh_token ?? '');
      await assertRefused(party, tokens, 'revoked');
    });

    it('a disabled account', async () => {
      const example = leasingConfiguration();
      const users = [{ username: 'mary', password: 'a horse battery staple', roles: ['member'] }];
      await server.apply({ ...example, users });
      const tokens = await party.signIn({ username: 'mary', password: 'a horse battery staple' }, asking());
      const accountId = String(decodeJwt(tokens.id_token ?? '').sub);
      await server.database.transaction(async (tx) =>
        disableAccount(tx, await loadConfiguration(tx), accountId, {}),
      );
      await assertRefused(party, tokens, 'account_disabled');
    });
  });

  describe('is capped by lease_max:', () => {
    it('the page shows, and the family gets, what is permitted', async () => {
      const page = await openConsent(asking(leaseOf('30d')));
      assert.match(page, /For up to 4 hours, even while you are away/);
      const tokens = await party.signIn(ada, asking(leaseOf('30d')));
      assert.deepEqual(tokens.authorization_details, [
        { type: 'curfew_lease', duration: '4h', purpose: 'Nightly books' },
      ]);
      assert.equal(tokens.refresh_token_timeout, 4 * hour);
    });

    it('the page shows the purpose as it is, and no more', async () => {
      const purpose = `</blockquote><script>alert(1)</script><b onclick="x">&amp;' \u{1f9fe}`;
      const page = await openConsent(asking(leaseOf('90s', purpose)));
      const escaped =
        '&#60;/blockquote&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#60;b onclick=&#34;x&#34;&#62;';
      assert.ok(
        page.includes(`<blockquote dir="auto">${escaped}&#38;amp;&#39; \u{1f9fe}</blockquote>`),
        page,
      );
      assert.match(page, /For up to 1 minute 30 seconds/);
      assert.match(page, /After the first 1 minute 30 seconds, ends after 30 minutes without activity\./);
    });

    it('where no policy permits any, the page shows none and the family has none', async () => {
      const page = await openConsent(asking(), grace);
      assert.doesNotMatch(page, /while you are away|Nightly books/);
      const tokens = await party.signIn(grace, asking());
      assert.equal(tokens.authorization_details, undefined);
      assert.ok(isAbout(tokens.refresh_token_timeout, 600));
    });

    it('a shortened one binds at once', async () => {
      let tokens = await party.signIn(ada, asking());
      await apply({ lease_max: hour });
      tokens = await party.refresh(tokens.refresh_token ?? '', { inactive_for: '10' });
      assert.ok(isAbout(tokens.refresh_token_timeout, hour));
      await server.clock.advance(hour + 1);
      const refusal = await assertRefused(party, tokens, 'lease_over');
      assert.equal(refusal.limit, hour);
      await apply();
    });

    it('one that is taken away leaves the idle limit', async () => {
      const tokens = await party.signIn(ada, asking());
      await server.clock.advance(1700);
      await apply({ lease_max: 0 });
      await server.clock.advance(101);
      await assertRefused(party, tokens, 'idle_timeout');
      await apply();
    });

    it('a lengthened one revives nothing, and gives no more than the user allowed', async () => {
      await apply({ lease_max: hour });
      const [dead, alive] = [await party.signIn(ada, asking()), await party.signIn(ada, asking())];
      await server.clock.advance(hour - 60);
      const { refresh_token: kept = '' } = await party.refresh(alive.refresh_token ?? '');
      await server.clock.advance(61);
      await apply();
      await assertRefused(party, dead, 'lease_over');
      const tokens = await party.refresh(kept);
      assert.ok(isAbout(tokens.refresh_token_timeout, 1800), 'the hour that the page showed is over');
    });
  });

  describe('is refused as invalid_authorization_details', () => {
    const long = 'x'.repeat(201);
    const wrong: [what: string, parameters: Record<string, string>][] = [
      ['no JSON', { authorization_details: '{' }],
      ['no list', { authorization_details: '{"type":"curfew_lease"}' }],
      ['an unknown type', { authorization_details: '[{"type":"payment"}]' }],
      [
        'two leases',
        { authorization_details: `[${leaseOf('1h').slice(1, -1)},${leaseOf('2h').slice(1, -1)}]` },
      ],
      ['seconds for a duration', { authorization_details: leaseOf(7200 as never) }],
      ['a duration of nothing', { authorization_details: leaseOf('0s') }],
      ['an unknown member', { authorization_details: leaseOf('1h').replace('}', ',"actions":["x"]}') }],
      ['a purpose that is too long', { authorization_details: leaseOf('1h', long) }],
      ['a purpose that turns the text around', { authorization_details: leaseOf('1h', 'a\u202eb') }],
      ['no prompt=consent', { prompt: 'login' }],
      ['no offline_access', { scope: 'openid reports.read' }],
    ];
    for (const [what, parameters] of wrong) {
      it(`with ${what}`, async () =>
        assert.equal(await findError({ ...asking(), ...parameters }), 'invalid_authorization_details'));
    }

    it('of a client that may not ask, and of a public one without DPoP', async () => {
      for (const other of [plain, { clientId: 'open' }]) {
        party = await createRelyingParty(server.issuer, other);
        assert.equal(await findError(asking()), 'invalid_authorization_details');
      }
    });

    it('by a device, whose page would not show it', async () => {
      const config = await oidc.discovery(new URL(server.issuer), 'tv', {}, oidc.None(), {
        execute: [oidc.allowInsecureRequests],
      });
      const { prompt: _, ...request } = asking();
      await assert.rejects(oidc.initiateDeviceAuthorization(config, request), {
        error: 'invalid_authorization_details',
        error_description: /where its user sees it/,
      });
    });

    it('at the token endpoint, where nobody sees it; the refresh token works on', async () => {
      const tokens = await party.signIn(ada, asking());
      const { status, body } = await party.token({
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token ?? '',
        authorization_details: leaseOf('4h'),
      });
      assert.deepEqual([status, body.error], [400, 'invalid_authorization_details']);
      await party.refresh(tokens.refresh_token ?? '');
    });
  });

  it('is announced by discovery', () =>
    assert.deepEqual(party.config.serverMetadata().authorization_details_types_supported, ['curfew_lease']));

  async function authorizationUrl(parameters: Record<string, string>): Promise<URL> {
    return oidc.buildAuthorizationUrl(party.config, {
      redirect_uri: redirectUri,
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      nonce: oidc.randomNonce(),
      state: oidc.randomState(),
      ...parameters,
    });
  }

  async function findError(parameters: Record<string, string>): Promise<string | null> {
    const { url } = await party.browser.open(await authorizationUrl(parameters));
    return url.searchParams.get('error');
  }

  /** The consent page, left alone. */
  async function openConsent(parameters: Record<string, string>, person = ada): Promise<string> {
    const { browser } = await createRelyingParty(server.issuer, robot);
    const page = await browser.open(await authorizationUrl(parameters));
    const { username, password } = person;
    return (await browser.submit(page, /sign-in$/, { username, password })).text;
  }
});

/** Seconds told to a client, of which the test itself has taken a few. */
function isAbout(told: unknown, seconds: number): boolean {
  return typeof told === 'number' && told <= seconds && told > seconds - 10;
}
