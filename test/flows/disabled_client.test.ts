import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { disableClient, enableClient } from '../../src/operations/disable_client.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, api, client, exampleConfiguration, portal, shop } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const everyGrant = ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant];

describe('a disabled client', () => {
  let server: TestServer;
  let party: RelyingParty;
  let tokens: Tokens;

  beforeEach(async () => {
    const example = exampleConfiguration();
    const scope = 'openid offline_access reports.read';
    const able = client('shop', { secret: shop.secret, scope, metadata: { grant_types: everyGrant } });
    const resource = client(api, { secret: portal.secret });
    const clients = new Map([...example.clients, ['shop', able], [api, resource]]);
    server = await startTestServer({ ...example, clients });
    party = await createRelyingParty(server.issuer, shop);
    tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
  });
  afterEach(() => server.stop());

  const origin = { actor: 'test' };
  const disable = async () => {
    await server.database.transaction((tx) => disableClient(tx, 'shop', origin));
    await catchUp();
  };
  const enable = async () => {
    await server.database.transaction((tx) => enableClient(tx, 'shop', origin));
    await catchUp();
  };
  /** An instance reads a new version within a second by itself, and at once where the admin API is asked. */
  const catchUp = () => fetch(`${server.issuer}/admin/v1/keys`);

  const post = async (path: string, form: Record<string, string>) => {
    const authorization = `Basic ${btoa(`${shop.clientId}:${shop.secret}`)}`;
    const headers = { authorization, accept: 'application/json' };
    const response = await fetch(server.issuer + path, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers,
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text || '{}') as Record<string, string> };
  };
  const request = {
    client_id: shop.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
  };
  const isActive = async (token: string) => {
    const config = await oidc.discovery(
      new URL(server.issuer),
      api,
      {},
      oidc.ClientSecretBasic(portal.secret),
      { execute: [oidc.allowInsecureRequests] },
    );
    return (await oidc.tokenIntrospection(config, token)).active;
  };
  const startDevice = async () => await oidc.initiateDeviceAuthorization(party.config, { scope: 'openid' });
  const poll = ({ device_code: code }: { device_code: string }) =>
    party.token({ grant_type: deviceGrant, device_code: code });

  it('is told so at the token endpoint, whatever it brings, and gets nothing', async () => {
    const pending = await party.authorize(ada, { resource: api, scope: 'openid reports.read' });
    const device = await startDevice();
    await disable();
    await assertRefused(party, tokens, 'client_disabled');
    const code = {
      grant_type: 'authorization_code',
      code: pending.url.searchParams.get('code') ?? '',
      code_verifier: pending.verifier,
      redirect_uri: redirectUri,
    };
    for (const answer of [
      await party.token(code),
      await party.token({ grant_type: 'client_credentials', resource: api, scope: 'reports.read' }),
      await poll(device),
    ]) {
      assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_grant']);
      assert.match(String(answer.body.error_description), /^client_disabled: /);
    }
  });

  it('does not exist anywhere else: no request of its own is taken', async () => {
    await disable();
    const browser = createFormBrowser(server.issuer);
    const page = await browser.open(`${server.issuer}/auth?${new URLSearchParams(request).toString()}`);
    assert.deepEqual([page.url.origin, page.response.status], [server.issuer, 400]);
    for (const [path, form] of [
      ['/request', request],
      ['/device/auth', { scope: 'openid' }],
      ['/token/introspection', { token: tokens.access_token }],
      ['/token/revocation', { token: tokens.refresh_token ?? '' }],
    ] as const) {
      const { status, body } = await post(path, form);
      assert.deepEqual([status, body.error], [401, 'invalid_client'], path);
    }
    const events = await listEvents(server.database);
    assert.ok(!events.some(({ detail }) => detail.reason === 'revoked'));
  });

  it('leads on from no page that was open when it was disabled', async () => {
    const browser = createFormBrowser(server.issuer);
    const signIn = await browser.open(`${server.issuer}/auth?${new URLSearchParams(request).toString()}`);
    const device = await startDevice();
    const second = createFormBrowser(server.issuer);
    const confirm = await second.open(device.verification_uri_complete ?? '');
    await disable();
    const sent = await browser.submit(signIn, /sign-in$/, ada);
    assert.deepEqual([sent.url.origin, sent.response.status], [server.issuer, 400]);
    const shown = await second.submit(confirm, /device$/, {});
    assert.doesNotMatch(shown.text, /is connected/);
    const issued = (await listEvents(server.database)).filter(({ name }) => name === 'device.approved');
    assert.deepEqual(issued, []);
  });

  it('has no token any more that anybody takes for good', async () => {
    const own = await oidc.clientCredentialsGrant(party.config, { resource: api, scope: 'reports.read' });
    const opaque = await party.signIn(ada, { scope: 'openid' });
    assert.deepEqual([await isActive(tokens.access_token), await isActive(own.access_token)], [true, true]);
    await disable();
    assert.deepEqual([await isActive(tokens.access_token), await isActive(own.access_token)], [false, false]);
    const headers = { authorization: `Bearer ${opaque.access_token}` };
    assert.equal((await fetch(`${server.issuer}/me`, { headers })).status, 401);
  });

  it('starts anew once it is enabled: nothing from before is revived', async () => {
    const own = await oidc.clientCredentialsGrant(party.config, { resource: api, scope: 'reports.read' });
    const pending = await party.authorize(ada, { resource: api, scope: 'openid reports.read' });
    await disable();
    await enable();
    await assertRefused(party, tokens, 'client_disabled');
    assert.deepEqual([await isActive(tokens.access_token), await isActive(own.access_token)], [false, false]);
    await assert.rejects(party.exchange(pending), { error: 'invalid_grant' });
    const fresh = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
    await party.refresh(fresh.refresh_token ?? '');
    assert.equal(await isActive(fresh.access_token), true);
  });
});
