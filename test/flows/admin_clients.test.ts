import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { adminConfiguration, createAdministrator } from '../support/administrators.ts';
import type { Administrator } from '../support/administrators.ts';
import { ada, api, shop } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { snapshot, sql } from '../support/sql.ts';

describe('clients in the admin API', () => {
  let server: TestServer;
  let admin: Administrator;

  beforeEach(async () => {
    server = await startTestServer(adminConfiguration());
    admin = await createAdministrator(server.issuer);
  });
  afterEach(() => server.stop());

  const stored = async (clientId: string) => (await loadConfiguration(server.database)).clients.get(clientId);
  const till = {
    client_id: 'till',
    redirect_uris: [redirectUri],
    scope: 'openid offline_access reports.read',
  };
  const { client_id: _, ...tillAlone } = till;
  const etagOf = ({ headers }: { headers: Headers }) => headers.get('etag') ?? '';

  it('are created with a secret that is told once, and signs people in', async () => {
    const made = await admin.call('POST', '/clients', { ...till, trusted: true });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { client_secret: secret, ...rest } = made.body;
    assert.match(secret, /^[\w-]{43}$/);
    assert.deepEqual(
      [
        rest.client_id,
        rest.trusted,
        rest.disabled,
        rest.has_secret,
        rest.metadata.token_endpoint_auth_method,
      ],
      ['till', true, false, true, 'client_secret_basic'],
    );
    const read = await admin.call('GET', '/clients/till');
    assert.deepEqual(read.body, rest);
    assert.equal(etagOf(read), etagOf(made));
    const party = await createRelyingParty(server.issuer, { clientId: 'till', secret });
    assert.ok((await party.signIn(ada, { scope: 'openid' })).refresh_token);
    const [version] = await sql(
      server.database,
      'select author, account_id is not null as "byPerson" from configuration_versions order by version desc limit 1',
    );
    assert.deepEqual(version, { author: 'admin', byPerson: true });
  });

  it('have no secret where they are public or prove themselves by keys', async () => {
    const open = await admin.call('POST', '/clients', { ...till, token_endpoint_auth_method: 'none' });
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
    const keyed = await admin.call('POST', '/clients', {
      ...till,
      client_id: 'keyed',
      jwks: { keys: [{ kty, crv, x, y }] },
    });
    for (const { status, body } of [open, keyed]) {
      assert.equal(status, 201, JSON.stringify(body));
      assert.deepEqual([body.has_secret, 'client_secret' in body], [false, false]);
    }
    assert.equal(keyed.body.metadata.token_endpoint_auth_method, 'private_key_jwt');
  });

  it('are removed as they were read, with all their access, and are unknown from then on', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    const tag = etagOf(await admin.call('GET', '/clients/shop'));
    assert.equal((await admin.call('DELETE', '/clients/shop', undefined, { 'if-match': '"0"' })).status, 412);
    const removed = await admin.call('DELETE', '/clients/shop', undefined, { 'if-match': tag });
    assert.deepEqual([removed.status, removed.body], [200, { ended: { families: 1 } }]);
    for (const method of ['GET', 'DELETE'])
      assert.equal((await admin.call(method, '/clients/shop')).status, 404);
    await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { status: 401 });
    const session = (await admin.call('GET', '/sessions')).body.items.find(
      ({ username }: { username: string }) => username === 'ada',
    );
    assert.ok(session, 'the session stays');
    const applied = (await listEvents(server.database)).findLast(
      ({ name }) => name === 'configuration.applied',
    );
    assert.match(String(applied?.detail.actor), /^admin:/);
  });

  it('are refused as the configuration file refuses them, and nothing is written', async () => {
    const before = await loadConfiguration(server.database);
    const refusals: [body: object, status: number, detail: RegExp][] = [
      [{ ...till, client_id: 'shop' }, 409, /^There is already a client shop\.$/],
      [{ client_id: 'till' }, 400, /^redirect_uris: must name at least one address/],
      [{ ...till, redirect_uris: ['http://a.example/'] }, 400, /redirect_uris\/0: must be a URL with https/],
      [{ ...till, scope: 'nothing' }, 400, /^scope: there is no scope nothing$/],
      [{ ...till, policy: 'nothing' }, 400, /^policy: there is no policy nothing$/],
      [
        { ...till, grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
        400,
        /grant_types/,
      ],
      [{ ...till, client_secret_env: 'PATH' }, 400, /client_secret_env/],
      [{ ...till, client_secret: 'a secret of sixteen or more' }, 400, /client_secret/],
      [{ ...till, client_secret_stored: true }, 400, /client_secret_stored/],
    ];
    for (const [body, status, detail] of refusals) {
      const answer = await admin.call('POST', '/clients', body);
      assert.equal(answer.status, status, JSON.stringify([body, answer.body]));
      assert.match(answer.body.detail, detail);
      assert.ok(!JSON.stringify(answer.body).includes('a secret of sixteen'));
    }
    assert.deepEqual(await loadConfiguration(server.database), before);
  });

  it('are replaced as they were read, with their secret, and by nobody who read an older version', async () => {
    const made = await admin.call('POST', '/clients', till);
    const secretOf = async () => (await stored('till'))?.secretHash?.toString('hex');
    const hash = await secretOf();
    const replaced = await admin.call(
      'PUT',
      '/clients/till',
      { ...tillAlone, client_name: 'The till', policy: 'member' },
      { 'if-match': etagOf(made) },
    );
    assert.equal(replaced.status, 200, JSON.stringify(replaced.body));
    assert.deepEqual(
      [replaced.body.metadata.client_name, replaced.body.policy, 'client_secret' in replaced.body],
      ['The till', 'member', false],
    );
    assert.equal(await secretOf(), hash);
    const stale = await admin.call('PUT', '/clients/till', tillAlone, { 'if-match': etagOf(made) });
    assert.equal(stale.status, 412);
    const same = await admin.call('PUT', '/clients/till', {
      ...tillAlone,
      client_name: 'The till',
      policy: 'member',
    });
    assert.equal(etagOf(same), etagOf(replaced), 'the same again is no change');
    await admin.call('PUT', '/clients/portal', { redirect_uris: [redirectUri] });
    assert.equal(etagOf(await admin.call('GET', '/clients/till')), etagOf(replaced), 'of another client');
    assert.equal((await admin.call('PUT', '/clients/none', tillAlone)).status, 404);
  });

  it('lose their secret with an authentication that takes none, and are given one by one that does', async () => {
    await admin.call('POST', '/clients', till);
    const open = await admin.call('PUT', '/clients/till', {
      ...tillAlone,
      token_endpoint_auth_method: 'none',
    });
    assert.deepEqual([open.status, open.body.has_secret], [200, false]);
    const post = { ...tillAlone, token_endpoint_auth_method: 'client_secret_post' };
    const { body } = await admin.call('PUT', '/clients/till', post);
    assert.deepEqual((await stored('till'))?.secretHash, hashToken(body.client_secret));
  });

  it('are disabled with all they have, and enabled without it', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
    const { body, status, headers } = await admin.call('POST', '/clients/shop/disable');
    assert.deepEqual([status, body.disabled, body.ended], [200, true, { families: 1 }]);
    assert.equal(etagOf({ headers }), etagOf(await admin.call('GET', '/clients/shop')));
    await assertRefused(party, tokens, 'client_disabled');
    const enabled = await admin.call('POST', '/clients/shop/enable', undefined, {
      'if-match': etagOf({ headers }),
    });
    assert.deepEqual([enabled.status, enabled.body.disabled], [200, false]);
    const stale = await admin.call('POST', '/clients/shop/disable', undefined, {
      'if-match': etagOf({ headers }),
    });
    assert.equal(stale.status, 412);
    await assertRefused(party, tokens, 'client_disabled');
    assert.ok((await party.signIn(ada)).refresh_token);
    const names = (await listEvents(server.database)).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name.startsWith('client.')),
      ['client.disabled', 'client.enabled'],
    );
    for (const what of ['disable', 'enable'])
      assert.equal((await admin.call('POST', `/clients/none/${what}`)).status, 404);
  });

  it('are given another secret beside the one before, each told once', async () => {
    const rotated = await admin.call('POST', '/clients/shop/rotate-secret', { overlap: '10m' });
    assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
    const { client_secret: secret, former_ends_at: endsAt } = rotated.body;
    const { body } = await admin.call('GET', '/clients/shop');
    assert.deepEqual(body.former_secrets_end_at, [endsAt]);
    for (const one of [shop.secret, secret]) {
      const party = await createRelyingParty(server.issuer, { ...shop, secret: one });
      await assertRefused(party, { refresh_token: 'none' }, 'unknown_token');
    }
    const last = await admin.call('POST', '/clients/shop/rotate-secret', { overlap: '0s' });
    assert.deepEqual(Object.keys(last.body), ['client_secret']);
    assert.deepEqual((await admin.call('GET', '/clients/shop')).body.former_secrets_end_at, []);
    const usual = await admin.call('POST', '/clients/shop/rotate-secret', {});
    const ahead = Date.parse(usual.body.former_ends_at) - Date.now();
    assert.ok(Math.abs(ahead - 86_400_000) < 60_000);
    for (const overlap of ['31d', 'PT24H', -1, null])
      assert.equal((await admin.call('POST', '/clients/shop/rotate-secret', { overlap })).status, 400);
    const without = await admin.call('POST', '/clients/spa/rotate-secret', {});
    assert.deepEqual([without.status, without.body.type], [409, 'urn:curfew:problem:conflict']);
  });

  it('tell a secret to nobody twice: no answer with one is kept', async () => {
    const headers = { 'idempotency-key': 'the same key both times' };
    const made = await admin.call('POST', '/clients', till, headers);
    const again = await admin.call('POST', '/clients', till, headers);
    assert.deepEqual([made.status, again.status], [201, 409]);
    const rotate = () => admin.call('POST', '/clients/till/rotate-secret', {}, headers);
    const secrets = [made, await rotate(), await rotate()].map(({ body }) => body.client_secret as string);
    assert.equal(new Set(secrets).size, 3);
    assert.deepEqual(await sql(server.database, 'select from idempotent_answers'), []);
    const told = JSON.stringify([
      server.logged,
      await snapshot(server.database),
      (await admin.call('GET', '/clients')).body,
    ]);
    for (const secret of secrets) assert.ok(!told.includes(secret));
    const hashes = secrets.map((secret) => hashToken(secret).toString('hex'));
    assert.ok(!hashes.some((hash) => JSON.stringify(server.logged).includes(hash)));
  });

  it('change for nobody who may only read, or whose second factor is old', async () => {
    const reader = await createAdministrator(server.issuer, ada);
    const calls: [method: string, path: string, body?: object][] = [
      ['POST', '/clients', till],
      ['PUT', '/clients/shop', tillAlone],
      ['POST', '/clients/shop/disable'],
      ['POST', '/clients/shop/enable'],
      ['POST', '/clients/shop/rotate-secret', {}],
    ];
    for (const [method, path, body] of calls)
      assert.equal((await reader.call(method, path, body)).status, 403, path);
    await server.clock.advance(121);
    for (const [method, path, body] of calls) {
      const answer = await admin.call(method, path, body);
      assert.equal(answer.body.type, 'urn:curfew:problem:insufficient_user_authentication', path);
    }
    assert.equal((await stored('shop'))?.disabled, false);
  });

  it('act for themselves as soon as they are there', async () => {
    const { body } = await admin.call('POST', '/clients', {
      client_id: 'robot',
      grant_types: ['client_credentials'],
      scope: 'reports.read',
    });
    const config = await oidc.discovery(
      new URL(server.issuer),
      'robot',
      {},
      oidc.ClientSecretBasic(body.client_secret),
      { execute: [oidc.allowInsecureRequests] },
    );
    const tokens = await oidc.clientCredentialsGrant(config, { resource: api, scope: 'reports.read' });
    assert.ok(tokens.access_token);
  });
});
