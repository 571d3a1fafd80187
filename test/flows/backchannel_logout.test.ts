import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { disableAccount } from '../../src/operations/disable_account.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listNotices } from '../../src/store/undelivered_notices.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, client, exampleConfiguration, grace, portal, shop } from '../support/example_configuration.ts';
import { findFreePort } from '../support/ports.ts';
import { waitUntil } from '../support/process_wait.ts';
import { startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const scope = 'openid profile email offline_access';

describe('back-channel logout', () => {
  let server: TestServer;
  let receiver: Receiver;
  let party: RelyingParty;
  let tokens: Tokens;

  beforeEach(async () => {
    receiver = await startReceiver(undefined, await findFreePort());
    const configuration = exampleConfiguration();
    const hears = (clientId: string, alg: string) => ({
      backchannel_logout_uri: `${receiver.url}/${clientId}`,
      id_token_signed_response_alg: alg,
    });
    configuration.clients = new Map([
      ...configuration.clients,
      ['shop', client('shop', { secret: shop.secret, scope, metadata: hears('shop', 'ES256') })],
      ['portal', client('portal', { secret: portal.secret, scope, metadata: hears('portal', 'RS256') })],
    ]);
    const { limits } = configuration.policies.get('admin') ?? { limits: {} };
    configuration.policies = new Map([
      ...configuration.policies,
      ['admin', { limits: { ...limits, max_sessions: 1 }, baselines: [] }],
    ]);
    server = await startTestServer(configuration);
    party = await createRelyingParty(server.issuer, shop);
    tokens = await party.signIn(ada);
  });
  afterEach(async () => {
    await server.stop();
    await receiver.close();
  });

  /** The next logout token, verified as OpenID Connect Back-Channel Logout 1.0 §2.6 says. */
  async function hear(clientId = 'shop'): Promise<JWTPayload> {
    await receiver.waitFor(1);
    const post = receiver.received.shift();
    assert.equal(post?.path, `/${clientId}`);
    assert.match(post.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    const keys = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
    const token = new URLSearchParams(post.body).get('logout_token') ?? '';
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: server.issuer,
      audience: clientId,
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'jti', 'sub', 'sid'],
    });
    assert.equal(protectedHeader.alg, clientId === 'portal' ? 'RS256' : 'ES256');
    assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
    assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 120);
    assert.equal(payload.nonce, undefined);
    return payload;
  }

  async function assertHeardOf({ id_token: idToken }: Tokens): Promise<void> {
    const { sub, sid } = decodeJwt(idToken ?? '');
    assert.ok(typeof sid === 'string');
    const heard = await hear();
    assert.deepEqual({ sub: heard.sub, sid: heard.sid }, { sub, sid });
  }

  it('is announced in discovery', () => {
    const metadata = party.config.serverMetadata();
    assert.equal(metadata.backchannel_logout_supported, true);
    assert.equal(metadata.backchannel_logout_session_supported, true);
  });

  it('tells a client of an idle end, although nobody looks', async () => {
    await server.clock.advance(3601);
    await assertHeardOf(tokens);
  });

  it('tells a client of the absolute end', async () => {
    const limits = { session_idle: 3600, session_absolute: 600 };
    const { policies } = exampleConfiguration();
    const short = new Map([...policies, ['member', { limits, baselines: [] }]]);
    await server.apply({ policies: short });
    await server.clock.advance(601);
    await assertHeardOf(tokens);
  });

  it('tells every client of a session that is signed out, each in its own words', async () => {
    const other = await createRelyingParty(server.issuer, portal, party.browser);
    await other.signIn(ada);
    const page = await party.browser.open('/session/end');
    await party.browser.submit(page, /session\/end\/confirm$/, { logout: 'yes' });
    await receiver.waitFor(2);
    receiver.received.sort((a, b) => b.path.localeCompare(a.path));
    const atShop = await hear('shop');
    const atPortal = await hear('portal');
    assert.equal(atShop.sub, atPortal.sub);
    assert.notEqual(atShop.sid, atPortal.sid);
    assert.notEqual(atShop.jti, atPortal.jti);
  });

  it('tells of an end by an operator, of a changed credential and of a disabled account', async () => {
    const accountId = decodeJwt(tokens.id_token ?? '').sub ?? '';
    for (const cause of ['ended_by_operator', 'credential_changed'] as const) {
      await server.database.transaction(async (tx) =>
        endAccountAccess(tx, await loadConfiguration(tx), accountId, cause, {}),
      );
      await assertHeardOf(tokens);
      party.browser.clearCookies();
      tokens = await party.signIn(ada);
    }
    const second = await createRelyingParty(server.issuer, shop);
    const others = await second.signIn(grace);
    await server.database.transaction(async (tx) =>
      disableAccount(tx, await loadConfiguration(tx), decodeJwt(others.id_token ?? '').sub ?? '', {}),
    );
    await assertHeardOf(others);
  });

  it('tells of a session that another account replaced', async () => {
    const parameters = new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      scope: 'openid',
      prompt: 'login',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      redirect_uri: redirectUri,
    });
    const page = await party.browser.open(`/auth?${parameters.toString()}`);
    const between = await party.browser.submit(page, /sign-in$/, grace);
    await party.browser.submit(between, /session\/end\/confirm$/);
    await assertHeardOf(tokens);
  });

  it('tells of the session that gives way to max_sessions', async () => {
    const first = await (await createRelyingParty(server.issuer, shop)).signIn(grace);
    await (await createRelyingParty(server.issuer, shop)).signIn(grace);
    await assertHeardOf(first);
  });

  it('does not tell of a session that goes on under a new identifier', async () => {
    await party.signIn(ada, { prompt: 'login' });
    assert.deepEqual(await listNotices(server.database, { deadOnly: false, most: 10 }), []);
    assert.deepEqual(receiver.received, []);
  });

  it('keeps a notice for a client that has no address any more, and one that the client rejects', async () => {
    const accountId = decodeJwt(tokens.id_token ?? '').sub ?? '';
    const browser = createFormBrowser(server.issuer);
    await (await createRelyingParty(server.issuer, shop, browser)).signIn(ada);
    await receiver.close();
    receiver = await startReceiver(
      (response) => response.writeHead(400).end(),
      Number(new URL(receiver.url).port),
    );
    await server.database.transaction(async (tx) =>
      endAccountAccess(tx, await loadConfiguration(tx), accountId, 'ended_by_operator', {}),
    );
    const waits = async () => (await listNotices(server.database, { deadOnly: true, most: 10 })).length < 2;
    await waitUntil(async () => !(await waits()), 'something is not given up');
    const dead = await listNotices(server.database, { deadOnly: true, most: 10 });
    assert.deepEqual(new Set(dead.map(({ lastError }) => lastError)), new Set(['the client answered 400']));
  });
});
