import assert from 'node:assert/strict';
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import * as oidc from 'openid-client';
import { createFormBrowser } from '../support/browser.ts';
import { ada, api, client, exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { assertRefused, countLiveTokens, listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';
import { sql } from '../support/sql.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const scope = 'openid profile email offline_access reports.read payments.write';
const worker = { clientId: 'worker', secret: 'worker secret of sixteen or more' };
const brief = { clientId: 'brief', secret: 'brief secret of sixteen or more' };
const insecure = { execute: [oidc.allowInsecureRequests] };

describe('the remaining grants and endpoints', () => {
  let server: TestServer;
  let desired: ExampleConfiguration;
  let signing: Awaited<ReturnType<typeof generateKeyPair>>;

  before(async () => {
    signing = await generateKeyPair('ES256', { extractable: true });
    const example = exampleConfiguration();
    const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
    const jwk = { ...(await exportJWK(signing.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    desired = {
      ...example,
      policies: new Map([
        ...example.policies,
        ['service', { limits: { access_token_ttl: 120, mfa: 'none' }, baselines: [] }],
      ]),
      clients: new Map([
        ...example.clients,
        ['shop', client('shop', { secret: shop.secret, scope, webOrigins: ['https://shop.example.com'] })],
        ['worker', client('worker', { secret: worker.secret, scope, policy: 'service', metadata: machine })],
        [
          'keyed',
          client('keyed', {
            scope,
            metadata: {
              ...machine,
              token_endpoint_auth_method: 'private_key_jwt',
              token_endpoint_auth_signing_alg: 'ES256',
              jwks: { keys: [jwk] },
            },
          }),
        ],
        [
          'tv',
          client('tv', {
            scope,
            metadata: {
              grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
              response_types: [],
              redirect_uris: [],
            },
          }),
        ],
        [
          'steady',
          client('steady', {
            secret: shop.secret,
            scope,
            refreshRotation: false,
            metadata: { dpop_bound_access_tokens: true },
          }),
        ],
        ['classic', client('classic', { metadata: { id_token_signed_response_alg: 'RS256' } })],
        [
          'brief',
          client('brief', { secret: brief.secret, scope, metadata: { grant_types: ['authorization_code'] } }),
        ],
        [api, client(api, { secret: worker.secret, metadata: machine })],
      ]),
    };
    server = await startTestServer(desired);
  });
  after(() => server.stop());
  afterEach(() => server.clock.reset());

  const discover = (clientId: string, authentication: oidc.ClientAuth) =>
    oidc.discovery(new URL(server.issuer), clientId, {}, authentication, insecure);

  describe('client credentials', () => {
    it('give a token under the policy of the client, with neither user nor refresh token', async () => {
      const config = await discover('worker', oidc.ClientSecretBasic(worker.secret));
      const tokens = await oidc.clientCredentialsGrant(config, {
        resource: api,
        scope: 'reports.read payments.write',
      });
      assert.equal(tokens.expires_in, 120);
      assert.equal(tokens.refresh_token, undefined);
      const claims = decodeJwt(tokens.access_token);
      assert.deepEqual([claims.sub, claims.aud, claims.scope], ['worker', api, 'reports.read']);
      assert.ok(
        (await listEvents(server.database)).some(({ name }) => name === 'client_credentials.granted'),
      );
    });

    it('are given to private_key_jwt, each assertion once', async () => {
      let assertion = '';
      const key = { key: signing.privateKey, kid: 'k1' };
      const config = await discover('keyed', oidc.PrivateKeyJwt(key));
      config[oidc.customFetch] = async (url, options) => {
        assertion = String(new URLSearchParams(options.body as string).get('client_assertion'));
        return await fetch(url, options as RequestInit);
      };
      const tokens = await oidc.clientCredentialsGrant(config, { resource: api, scope: 'reports.read' });
      assert.equal(decodeJwt(tokens.access_token).client_id, 'keyed');
      const again = await fetch(`${server.issuer}/token`, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          resource: api,
          client_id: 'keyed',
          client_assertion: assertion,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }),
      });
      assert.equal(again.status, 401);
    });

    it('are refused without a resource, and to clients that may not use them', async () => {
      const config = await discover('worker', oidc.ClientSecretBasic(worker.secret));
      await assert.rejects(oidc.clientCredentialsGrant(config), { error: 'invalid_target' });
      const other = await discover('shop', oidc.ClientSecretBasic(shop.secret));
      await assert.rejects(oidc.clientCredentialsGrant(other, { resource: api }), {
        error: 'unauthorized_client',
      });
      await assert.rejects(oidc.initiateDeviceAuthorization(other, {}), { error: 'unauthorized_client' });
    });
  });

  describe('the device flow', () => {
    async function approve(uri: string, person: typeof ada): Promise<string> {
      const browser = createFormBrowser(server.issuer);
      const entry = await browser.open(uri);
      const form = /<form[^>]*action="([^"]*)"/.exec(entry.text);
      assert.ok(form, 'the complete link leads on by itself');
      const confirm = await browser.submit(entry, /device$/, {});
      assert.match(confirm.text, /The tv/);
      let page = await browser.submit(confirm, /device$/, { confirm: 'yes' });
      page = await browser.submit(page, /sign-in$/, { username: person.username, password: person.password });
      if (/consent"/.test(page.text)) page = await browser.submit(page, /consent$/);
      return page.text;
    }

    it('signs a device in by a code on another screen, and binds it by the same limits', async () => {
      const config = await discover('tv', oidc.None());
      const started = await oidc.initiateDeviceAuthorization(config, {
        scope: 'openid reports.read',
        resource: api,
      });
      assert.match(started.user_code, /^[A-Z]{4}-[A-Z]{4}$/);
      assert.equal(started.expires_in, 600);
      assert.match(await approve(started.verification_uri_complete ?? '', ada), /Your device is connected/);
      const tokens = (await oidc.pollDeviceAuthorizationGrant(config, { ...started, interval: 1 })) as Tokens;
      assert.equal(decodeJwt(tokens.access_token).scope, 'reports.read');
      assert.equal(tokens.authorization_expires_in, 43_200);
      const approvals = (await listEvents(server.database)).filter(({ name }) => name === 'device.approved');
      assert.equal(approvals.length, 1);
      assert.ok(approvals[0]?.session_id);
      await server.clock.advance(1800);
      const tv = await createRelyingParty(server.issuer, { clientId: 'tv' });
      await assertRefused(tv, tokens, 'idle_timeout');
    });

    it('asks a device that polls too fast to slow down, and forgets codes that expired', async () => {
      const tv = await createRelyingParty(server.issuer, { clientId: 'tv' });
      const started = await oidc.initiateDeviceAuthorization(tv.config, { scope: 'openid' });
      const poll = () =>
        tv.token({
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: started.device_code,
        });
      assert.equal((await poll()).body.error, 'authorization_pending');
      assert.equal((await poll()).body.error, 'slow_down');
      await server.clock.advance(6);
      assert.equal((await poll()).body.error, 'slow_down', 'the interval is ten seconds now');
      await server.clock.advance(16);
      assert.equal((await poll()).body.error, 'authorization_pending');
      await server.clock.advance(600);
      assert.equal((await poll()).body.error, 'expired_token');
      const another = await createRelyingParty(server.issuer, { clientId: 'spa' });
      const stolen = await another.token({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: started.device_code,
      });
      assert.notEqual(stolen.body.error, 'expired_token', 'another client is not told that there was one');
    });

    it('tells the device when the user says no, and the user when a code is wrong', async () => {
      const tv = await createRelyingParty(server.issuer, { clientId: 'tv' });
      const started = await oidc.initiateDeviceAuthorization(tv.config, { scope: 'openid' });
      const browser = createFormBrowser(server.issuer);
      const entry = await browser.open(started.verification_uri);
      const wrong = await browser.submit(entry, /device$/, { user_code: 'AAAA-AAAA' });
      assert.match(wrong.text, /This code is not right/);
      const confirm = await browser.submit(wrong, /device$/, { user_code: started.user_code.toLowerCase() });
      const denied = await browser.submit(confirm, /device$/, { abort: 'yes' });
      assert.match(denied.text, /Nothing was allowed/);
      const answer = await tv.token({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: started.device_code,
      });
      assert.equal(answer.body.error, 'access_denied');
      const aborted = (await listEvents(server.database)).filter(({ name }) => name === 'device.aborted');
      assert.deepEqual(
        aborted.map(({ detail }) => detail),
        [{ error: 'access_denied' }],
      );
    });

    it('gives the page no way to the tokens: the handle of a code is no device code', async () => {
      const tv = await createRelyingParty(server.issuer, { clientId: 'tv' });
      const [row] = await server.database.query<{ hash: string }>({
        name: 'test_device_hash',
        text: `select encode(id_hash, 'hex') as hash from artifacts where model = 'DeviceCode' limit 1`,
      });
      const answer = await tv.token({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: `sha256:${row?.hash ?? ''}`,
      });
      assert.equal(answer.body.error, 'invalid_grant');
    });
  });

  describe('introspection and revocation', () => {
    let party: RelyingParty;

    beforeEach(async () => {
      party = await createRelyingParty(server.issuer, shop);
    });

    const ask = (token: string, parameters: Record<string, string> = {}) =>
      oidc.tokenIntrospection(party.config, token, parameters);

    it('tell the state of JWT access tokens, opaque ones and refresh tokens', async () => {
      const tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
      const access = await ask(tokens.access_token);
      assert.equal(access.active, true);
      assert.deepEqual([access.scope, access.aud, access.client_id], ['reports.read', api, 'shop']);
      assert.equal(access.acr, 'urn:curfew:acr:pwd');
      assert.equal(typeof access.auth_time, 'number');
      assert.equal(access.refresh_token_timeout, undefined);
      const refresh = await ask(tokens.refresh_token ?? '', { token_type_hint: 'refresh_token' });
      assert.equal(refresh.active, true);
      assert.ok(Number(refresh.refresh_token_timeout) > 1790);
      assert.ok(Number(refresh.authorization_expires_in) > 43_190);
      const opaque = await party.signIn(ada, { scope: 'openid' });
      assert.equal((await ask(opaque.access_token)).active, true);
    });

    it('reset nothing, and see a rotated or ended token as inactive without ending anything', async () => {
      const tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
      await server.clock.advance(1000);
      assert.ok(Number((await ask(tokens.refresh_token ?? '')).refresh_token_timeout) <= 800);
      const next = await party.refresh(tokens.refresh_token ?? '');
      assert.deepEqual(await ask(tokens.refresh_token ?? ''), { active: false });
      await party.refresh(next.refresh_token ?? '');
      await server.clock.advance(1800);
      assert.deepEqual(await ask(next.access_token), { active: false });
      assert.deepEqual(await ask('nonsense'), { active: false });
      assert.deepEqual(await ask('eyJhbGciOiJub25lIn0.e30.x'), { active: false });
    });

    it('answer the resource server that a token is for, and no one else', async () => {
      const tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
      const resource = await discover(api, oidc.ClientSecretBasic(worker.secret));
      assert.equal((await oidc.tokenIntrospection(resource, tokens.access_token)).active, true);
      const stranger = await discover('worker', oidc.ClientSecretBasic(worker.secret));
      assert.deepEqual(await oidc.tokenIntrospection(stranger, tokens.access_token), { active: false });
      await oidc.tokenRevocation(stranger, tokens.refresh_token ?? '');
      await party.refresh(tokens.refresh_token ?? '');
      const nobody = await fetch(`${server.issuer}/token/introspection`, {
        method: 'POST',
        body: new URLSearchParams({ token: tokens.access_token }),
      });
      assert.ok([400, 401].includes(nobody.status));
    });

    /** A client's own token, and one of a user whose client takes no refresh token: neither has a family. */
    const standalone = {
      worker: async () => {
        const config = await discover('worker', oidc.ClientSecretBasic(worker.secret));
        const tokens = await oidc.clientCredentialsGrant(config, { resource: api, scope: 'reports.read' });
        return { config, token: tokens.access_token };
      },
      brief: async () => {
        const app = await createRelyingParty(server.issuer, brief);
        const tokens = await app.signIn(ada, { resource: api, scope: 'openid reports.read' });
        assert.equal(tokens.refresh_token, undefined);
        return { config: app.config, token: tokens.access_token };
      },
    };
    for (const [clientId, get] of Object.entries(standalone)) {
      it(`revoke a JWT of ${clientId}, which has no family, and see that its client is gone`, async () => {
        const resource = await discover(api, oidc.ClientSecretBasic(worker.secret));
        const isActive = async (token: string) => (await oidc.tokenIntrospection(resource, token)).active;
        const [first, second] = [await get(), await get()];
        const { jti } = decodeJwt(first.token);
        for (const name of [jti ?? '', `jti:${jti}`]) assert.equal(await isActive(name), false);
        assert.deepEqual([await isActive(first.token), await isActive(second.token)], [true, true]);
        await oidc.tokenRevocation(first.config, first.token);
        assert.deepEqual([await isActive(first.token), await isActive(second.token)], [false, true]);
        await oidc.tokenRevocation(first.config, first.token);
        const revoked = await sql(
          server.database,
          `select account_id is not null as "ofAccount" from audit_events
           where name = 'access_token.revoked' and client_id = $1`,
          clientId,
        );
        assert.deepEqual(revoked, [{ ofAccount: clientId === 'brief' }]);
        const { clients } = desired;
        await server.apply({ clients: new Map([...clients].filter(([id]) => id !== clientId)) });
        assert.equal(await isActive(second.token), false);
        await server.apply({ clients });
      });
    }

    for (const which of ['current', 'rotated', 'access'] as const) {
      it(`end the family by revoking its ${which} token`, async () => {
        const first = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
        const other = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
        const second = await party.refresh(first.refresh_token ?? '');
        const token = {
          current: second.refresh_token,
          rotated: first.refresh_token,
          access: second.access_token,
        };
        await oidc.tokenRevocation(party.config, token[which] ?? '');
        await assertRefused(party, second, 'revoked');
        assert.deepEqual(await ask(second.access_token), { active: false });
        assert.equal(
          (await party.refresh(other.refresh_token ?? '')).expires_in,
          600,
          'the other family lives on',
        );
        await oidc.tokenRevocation(party.config, 'unknown');
      });
    }
  });

  describe('pushed authorization requests', () => {
    it('are used once, by the client that pushed them', async () => {
      const party = await createRelyingParty(server.issuer, shop);
      const verifier = oidc.randomPKCECodeVerifier();
      const parameters = {
        redirect_uri: redirectUri,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const url = await oidc.buildAuthorizationUrlWithPAR(party.config, parameters);
      assert.match(url.searchParams.get('request_uri') ?? '', /^urn:/);
      const back = await party.browser.authorize(url, ada);
      const tokens = await oidc.authorizationCodeGrant(party.config, back, { pkceCodeVerifier: verifier });
      assert.ok(tokens.refresh_token);
      const again = await party.browser.open(url);
      const error = again.url.searchParams.get('error') ?? /invalid_request_uri/.exec(again.text)?.[0];
      assert.equal(error, 'invalid_request_uri');
    });
  });

  describe('DPoP', () => {
    async function signIn(which: { clientId: string; secret?: string }) {
      const party = await createRelyingParty(server.issuer, which);
      const handle = oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair());
      const pending = await party.authorize(ada, { resource: api, scope: 'openid reports.read' });
      const tokens = (await oidc.authorizationCodeGrant(
        party.config,
        pending.url,
        { pkceCodeVerifier: pending.verifier, expectedNonce: pending.nonce, expectedState: pending.state },
        {},
        { DPoP: handle },
      )) as Tokens;
      const refresh = (token: string, DPoP = handle) =>
        oidc.refreshTokenGrant(party.config, token, {}, { DPoP }) as Promise<Tokens>;
      return { party, handle, tokens, refresh };
    }

    it('binds the tokens of a public client to its key, by way of a nonce', async () => {
      const { party, tokens, refresh } = await signIn({ clientId: 'spa' });
      assert.equal(tokens.token_type, 'dpop');
      assert.ok((decodeJwt(tokens.access_token).cnf as { jkt: string }).jkt);
      const next = await refresh(tokens.refresh_token ?? '');
      const stolen = await party.token({
        grant_type: 'refresh_token',
        refresh_token: next.refresh_token ?? '',
      });
      assert.match(String(stolen.body.error_description), /^unknown_token: /);
      const thief = oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair());
      await assert.rejects(refresh(next.refresh_token ?? '', thief), /./);
      await refresh(next.refresh_token ?? '');
    });

    it('takes a retry only with the key of the first use', async () => {
      const { party, tokens, refresh } = await signIn(shop);
      const [first, second] = [
        await refresh(tokens.refresh_token ?? ''),
        await refresh(tokens.refresh_token ?? ''),
      ];
      assert.equal(first.refresh_token, second.refresh_token);
      const other = oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair());
      await assert.rejects(refresh(tokens.refresh_token ?? '', other), { error: 'invalid_grant' });
      await assert.rejects(refresh(first.refresh_token ?? ''), { error: 'invalid_grant' });
    });

    it('lets a confidential client refresh with a new key', async () => {
      const { party, tokens, refresh } = await signIn(shop);
      await refresh(
        tokens.refresh_token ?? '',
        oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair()),
      );
    });

    it('returns the same refresh token without rotation, to 50 at once', async () => {
      const { tokens, refresh } = await signIn({ clientId: 'steady', secret: shop.secret });
      await refresh(tokens.refresh_token ?? '');
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => refresh(tokens.refresh_token ?? '')),
      );
      assert.deepEqual([...new Set(answers.map((answer) => answer.refresh_token))], [tokens.refresh_token]);
      assert.equal(new Set(answers.map((answer) => answer.access_token)).size, 50);
    });

    it('ends and consumes nothing by a proof that was seen before', async () => {
      const { party, handle, tokens, refresh } = await signIn({ clientId: 'spa' });
      await refresh(tokens.refresh_token ?? '');
      let proof = '';
      party.config[oidc.customFetch] = async (url, options) => {
        proof = options.headers.dpop ?? proof;
        return await fetch(url, options as RequestInit);
      };
      const next = (await oidc.refreshTokenGrant(
        party.config,
        tokens.refresh_token ?? '',
        {},
        { DPoP: handle },
      )) as Tokens;
      const live = await countLiveTokens(server.database);
      await server.clock.advance(11);
      const replayed = await fetch(`${server.issuer}/token`, {
        method: 'POST',
        headers: { dpop: proof, accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'spa',
          refresh_token: tokens.refresh_token ?? '',
        }),
      });
      assert.equal(((await replayed.json()) as { error: string }).error, 'invalid_dpop_proof');
      assert.equal(await countLiveTokens(server.database), live);
      await refresh(next.refresh_token ?? '');
    });
  });

  it('answers the origins of a client across sites, and no others', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(grace);
    const ask = (origin: string) =>
      fetch(`${server.issuer}/me`, { headers: { origin, authorization: `Bearer ${tokens.access_token}` } });
    const allowed = await ask('https://shop.example.com');
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://shop.example.com');
    const refused = await ask('https://evil.example');
    assert.equal(refused.headers.get('access-control-allow-origin'), null);
    assert.equal(refused.status, 400);
  });

  for (const path of ['/token', '/token/introspection', '/token/revocation', '/request', '/device/auth']) {
    it(`takes a POST at ${path}, and says so of any other method`, async () => {
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
        const answer = await fetch(server.issuer + path, { method });
        assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'], method);
      }
      assert.notEqual((await fetch(server.issuer + path, { method: 'POST' })).status, 405);
      const preflight = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
      assert.equal(
        (await fetch(server.issuer + path, { method: 'OPTIONS', headers: preflight })).status,
        204,
      );
    });
  }

  it('signs ID tokens with ES256, and with RS256 for clients that ask', async () => {
    const modern = await (await createRelyingParty(server.issuer, { clientId: 'spa' })).signIn(ada);
    const classic = await (await createRelyingParty(server.issuer, { clientId: 'classic' })).signIn(ada);
    assert.equal(decodeProtectedHeader(modern.id_token ?? '').alg, 'ES256');
    assert.equal(decodeProtectedHeader(classic.id_token ?? '').alg, 'RS256');
    const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
    await jwtVerify(classic.id_token ?? '', keys, { issuer: server.issuer, audience: 'classic' });
  });

  it('tells in its metadata what it can do', async () => {
    const metadata = (await (
      await fetch(`${server.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(
      metadata.response_types_supported,
      ['code'],
      'the account pages’ own type is nobody else’s',
    );
    assert.deepEqual(metadata.refresh_token_expiration_types_supported, ['authorization', 'token_timeout']);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    assert.deepEqual(metadata.acr_values_supported, [
      'urn:curfew:acr:pwd',
      'urn:curfew:acr:mfa',
      'urn:curfew:acr:phr',
    ]);
    for (const endpoint of [
      'introspection',
      'revocation',
      'device_authorization',
      'pushed_authorization_request',
    ]) {
      assert.ok(metadata[`${endpoint}_endpoint`], endpoint);
    }
  });
});
