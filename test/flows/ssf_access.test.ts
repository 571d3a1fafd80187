import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { dropStaleEvents } from '../../src/operations/drop_stale_events.ts';
import { setRoles } from '../../src/operations/set_roles.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { createStreamClient, push, rival, streamConfiguration, watcher } from '../support/event_streams.ts';
import type { StreamClient } from '../support/event_streams.ts';
import { ada, client, shop } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

describe('event streams', () => {
  let server: TestServer;
  let streams: StreamClient;

  before(async () => {
    const configuration = streamConfiguration();
    const scope = 'openid profile email offline_access ssf.read ssf.manage';
    configuration.clients = new Map([
      ...configuration.clients,
      ['shop', client('shop', { secret: shop.secret, scope })],
    ]);
    server = await startTestServer(configuration);
    streams = await createStreamClient(server.issuer);
  });
  after(() => server.stop());
  afterEach(() => server.clock.reset());

  const statusWith = async (authorization: string) =>
    (await streams.call('GET', '/ssf/streams', undefined, { authorization })).status;
  const anotherToken = async () => (await createStreamClient(server.issuer)).token;

  describe('the token', () => {
    it('may name the resource or its scopes alone, and its scheme is read without regard to case', async () => {
      const config = await discover();
      const { access_token: token } = await oidc.clientCredentialsGrant(config, { scope: 'ssf.read' });
      const { aud, scope } = decodeJwt(token);
      assert.deepEqual([aud, scope], [`${server.issuer}/ssf`, 'ssf.read']);
      assert.equal(await statusWith(`bearer ${token}`), 200);
    });

    it('opens nothing when it is altered, for another resource, no access token, or bound to a key', async () => {
      const [head, body, signature = ''] = streams.token.split('.');
      const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
      const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`;
      const config = await discover();
      const key = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
      const resource = `${server.issuer}/ssf`;
      const parameters = { resource, scope: 'ssf.read' };
      const bound = await oidc.clientCredentialsGrant(config, parameters, { DPoP: key });
      const { id_token: idToken = '' } = await (await createRelyingParty(server.issuer, shop)).signIn(ada);
      const wrong = [`${head}.${body}.${flipped}`, unsigned, idToken, bound.access_token, 'x'.repeat(5000)];
      for (const token of wrong) assert.equal(await statusWith(`Bearer ${token}`), 401, token.slice(0, 40));
      assert.equal(await statusWith(`DPoP ${bound.access_token}`), 401);
      assert.equal(await statusWith(`Basic ${btoa(`watcher:${watcher.secret}`)}`), 401);
    });

    it('is looked up at every call: revoked, expired, or of a disabled client it opens nothing', async () => {
      const revoked = await anotherToken();
      await oidc.tokenRevocation(await discover(), revoked);
      assert.equal(await statusWith(`Bearer ${revoked}`), 401);

      const expired = await anotherToken();
      await server.clock.advance(3600);
      assert.equal(await statusWith(`Bearer ${expired}`), 401);
      await server.clock.reset();

      const other = await createStreamClient(server.issuer, rival);
      const setDisabled = async (at: string) => {
        await sql(server.database, `update clients set disabled_at = ${at} where client_id = 'rival'`);
        await sql(server.database, 'update configuration_state set version = version + 1');
      };
      await setDisabled('curfew_now()');
      assert.equal((await other.call('GET', '/ssf/streams')).status, 401);
      await setDisabled('null');
      assert.equal((await other.call('GET', '/ssf/streams')).status, 200);
    });
  });

  async function discover(): Promise<oidc.Configuration> {
    const authentication = oidc.ClientSecretBasic(watcher.secret);
    const insecure = { execute: [oidc.allowInsecureRequests] };
    return await oidc.discovery(new URL(server.issuer), 'watcher', {}, authentication, insecure);
  }

  describe('a receiver', () => {
    const addresses = [
      'http://watcher.example.com/events',
      'https://10.0.0.1/events',
      'https://[::ffff:192.168.0.1]/events',
      'https://169.254.169.254/latest',
      'https://user:secret@watcher.example.com/',
      'https://watcher.example.com/#part',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'http://localhost.example.com/',
      'https://watcher.example.com/\r\nX-Header: 1',
      '/events',
      '',
    ];
    for (const address of addresses) {
      it(`is refused the address ${JSON.stringify(address)}`, async () => {
        const made = await streams.call('POST', '/ssf/streams', push(address));
        assert.deepEqual([made.status, made.body.error], [400, 'invalid_request']);
      });
    }

    it('is refused an authorization that is more than one header', async () => {
      for (const text of ['a\r\nX-Header: 1', 'a\nb', ' a', 'ä', '', 'x'.repeat(4001)]) {
        const made = await streams.call('POST', '/ssf/streams', push('https://watcher.example.com/', text));
        assert.equal(made.status, 400, JSON.stringify(text));
      }
    });

    it('has its authorization sealed at rest, and shown only to who may change it', async () => {
      const { stream_id: id } = await streams.create(
        push('https://watcher.example.com/', 'Bearer opensesame'),
      );
      const { row } = await sqlOne<{ row: string }>(
        server.database,
        'select to_jsonb(s)::text as row from ssf_streams s where stream_id = $1',
        id,
      );
      assert.doesNotMatch(row, /opensesame/);
      const config = await discover();
      const { access_token: reading } = await oidc.clientCredentialsGrant(config, { scope: 'ssf.read' });
      const path = `/ssf/streams?stream_id=${id}`;
      const read = await streams.call('GET', path, undefined, { authorization: `Bearer ${reading}` });
      assert.equal(read.body.delivery.authorization_header, undefined);
      assert.equal((await streams.call('GET', path)).body.delivery.authorization_header, 'Bearer opensesame');
      await streams.call('DELETE', path);
      const told = JSON.stringify([server.logged, await listEvents(server.database)]);
      assert.doesNotMatch(told, /opensesame/);
    });

    it('cannot fill the database: bodies, lists and texts are bounded', async () => {
      const many = (length: number) => Array.from({ length }, (_, index) => `https://example.com/${index}`);
      const { stream_id: id, delivery } = await streams.create();
      const tooMuch: [path: string, body: unknown, status: number][] = [
        ['/ssf/streams', { events_requested: many(101) }, 400],
        ['/ssf/streams', { events_requested: ['x'.repeat(501)] }, 400],
        ['/ssf/streams', { description: 'x'.repeat(1001) }, 400],
        ['/ssf/streams', { description: 'x'.repeat(300_000) }, 413],
        ['/ssf/streams', { description: 'a\0b' }, 400],
        ['/ssf/status', { stream_id: id, status: 'paused', reason: 'x'.repeat(1001) }, 400],
        ['/ssf/status', { stream_id: id, status: 'enabledd' }, 400],
        ['/ssf/verification', { stream_id: id, state: 'x'.repeat(1001) }, 400],
        [delivery.endpoint_url, { returnImmediately: true, ack: many(1001) }, 400],
        [delivery.endpoint_url, { returnImmediately: true, maxEvents: -1 }, 400],
      ];
      for (const [path, body, status] of tooMuch) {
        assert.equal((await streams.call('POST', path, body)).status, status, path);
      }
      const others = await streams.call('POST', '/ssf/subjects', {});
      assert.equal(others.status, 404);
      const wrongMethod = await streams.call('DELETE', '/ssf/status');
      assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'GET, POST']);
      await streams.call('DELETE', `/ssf/streams?stream_id=${id}`);
    });
  });

  it('hand out events in parts, and keep no more and no older ones than they may', async () => {
    const stream = await streams.create();
    const { account_id: accountId } = await sqlOne<{ account_id: string }>(
      server.database,
      `select account_id from accounts where username = 'grace'`,
    );
    await server.database.transaction(async (tx) => {
      const configuration = await loadConfiguration(tx);
      for (let count = 0; count < 5; count += 1)
        await setRoles(tx, configuration, { accountId, roles: [] }, [], { actor: 'operator' });
    });
    const poll = async (body: object) =>
      (await streams.call('POST', stream.delivery.endpoint_url, { returnImmediately: true, ...body })).body;
    const all = Object.keys((await poll({})).sets);
    const part = await poll({ maxEvents: 2 });
    assert.deepEqual([Object.keys(part.sets), part.moreAvailable], [all.slice(0, 2), true]);
    const other = await createStreamClient(server.issuer, rival);
    const foreign = await other.create();
    await other.call('POST', foreign.delivery.endpoint_url, { maxEvents: 0, ack: all });
    assert.equal(Object.keys((await poll({})).sets).length, 5, 'of another stream nothing is acknowledged');
    await other.call('DELETE', `/ssf/streams?stream_id=${foreign.stream_id}`);

    await dropStaleEvents(server.database, { most: 3, mostSeconds: 60 });
    assert.deepEqual(Object.keys((await poll({})).sets), all.slice(2), 'the newest stay');
    await sql(server.database, `update notices set queued_at = queued_at - interval '61 seconds'`);
    await dropStaleEvents(server.database, { most: 3, mostSeconds: 60 });
    assert.deepEqual(await poll({}), { sets: {} });
    const dropped = (await listEvents(server.database)).filter(
      ({ name }) => name === 'stream.events_dropped',
    );
    assert.deepEqual(
      dropped.map(({ detail }) => detail.count),
      [2, 3],
    );
    await streams.call('DELETE', `/ssf/streams?stream_id=${stream.stream_id}`);
  });

  it('answer whoever waits for an event when the server stops', async () => {
    const stopping = await startTestServer(streamConfiguration());
    const waiting = await createStreamClient(stopping.issuer);
    const stream = await waiting.create();
    const { database } = stopping;
    const { query } = database;
    const looks = new Promise<void>((resolve) => {
      database.query = async (statement, values) => {
        if (statement.name === 'notices_waiting') resolve();
        return await query(statement, values);
      };
    });
    const answer = waiting.call('POST', stream.delivery.endpoint_url, {});
    await looks;
    await stopping.stop();
    assert.deepEqual((await answer).body, { sets: {} });
  });

  describe('a token of a user', () => {
    it('opens no streams, unless the configuration gives the scope to a role', async () => {
      const party = await createRelyingParty(server.issuer, shop);
      const parameters = { resource: `${server.issuer}/ssf`, scope: 'openid ssf.manage' };
      const { access_token: without } = await party.signIn(ada, parameters);
      assert.equal(decodeJwt(without).scope, undefined);
      assert.equal(await statusWith(`Bearer ${without}`), 403);

      const { scopes } = streamConfiguration();
      const manage = { name: 'ssf.manage', description: 'Manage event streams', roles: ['member'] };
      await server.apply({ scopes: new Map([...(scopes ?? []), ['ssf.manage', manage]]) });
      const { access_token: granted } = await party.signIn(ada, { ...parameters, prompt: 'consent' });
      assert.equal(await statusWith(`Bearer ${granted}`), 200);
      const page = await party.browser.open('/session/end');
      await party.browser.submit(page, /session\/end\/confirm$/, { logout: 'yes' });
      assert.equal(await statusWith(`Bearer ${granted}`), 401, 'with the session its family ended');
    });
  });
});
