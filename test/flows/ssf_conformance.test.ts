import assert from 'node:assert/strict';
import { securityEventTypes, verificationEvent } from '../../src/domain/security_events.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import {
  createStreamClient,
  membersOf,
  nextPush,
  onlooker,
  push,
  rival,
  streamConfiguration,
  verifySet,
  watcher,
} from '../support/event_streams.ts';
import type { StreamClient } from '../support/event_streams.ts';
import { ada, nobody, shop } from '../support/example_configuration.ts';
import { startReceiver } from '../support/receiver.ts';
import type { Receiver } from '../support/receiver.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const poll = { method: 'urn:ietf:rfc:8936' };
const wrongToken = { authorization: 'Bearer eyJ0eXAiOiJhdCtqd3QifQ.e30.c2ln' };
const events = Object.values(securityEventTypes);

/** Named after the modules of the OpenID Foundation's conformance suite that they stand for. */
describe('the shared signals transmitter, as the conformance suite walks through it', () => {
  let server: TestServer;
  let client: StreamClient;
  let receiver: Receiver;

  before(async () => {
    server = await startTestServer(streamConfiguration());
    client = await createStreamClient(server.issuer);
  });
  after(() => server.stop());
  beforeEach(async () => {
    receiver = await startReceiver((response) => response.writeHead(202).end());
  });
  afterEach(async () => {
    await receiver.close();
    for (const { stream_id: id } of await client.list()) {
      await client.call('DELETE', `/ssf/streams?stream_id=${id}`);
    }
  });

  const read = (id: string) => client.call('GET', `/ssf/streams?stream_id=${id}`);
  const unknownId = '00000000-0000-4000-8000-000000000000';

  it('openid-ssf-transmitter-metadata', async () => {
    const { issuer } = server;
    const response = await fetch(`${issuer}/.well-known/ssf-configuration`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    const metadata = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(metadata, {
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}/ssf/jwks`,
      delivery_methods_supported: ['urn:ietf:rfc:8935', 'urn:ietf:rfc:8936'],
      configuration_endpoint: `${issuer}/ssf/streams`,
      status_endpoint: `${issuer}/ssf/status`,
      add_subject_endpoint: `${issuer}/ssf/subjects/add`,
      remove_subject_endpoint: `${issuer}/ssf/subjects/remove`,
      verification_endpoint: `${issuer}/ssf/verification`,
      critical_subject_members: ['session', 'user'],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
    const { keys } = (await (await fetch(`${issuer}/ssf/jwks`)).json()) as {
      keys: Record<string, unknown>[];
    };
    assert.deepEqual(
      keys.map((key) => Object.keys(key).toSorted()),
      keys.map(() => ['alg', 'e', 'kid', 'kty', 'n', 'use']),
    );
    assert.equal(keys.length, 2);
    const tokenKeys = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string }[] };
    assert.ok(!tokenKeys.keys.some(({ kid }) => kid === keys[0]?.kid), 'a key of its own');
  });

  it('openid-ssf-stream-control-happy-path', async () => {
    assert.deepEqual(await client.list(), []);
    const wish = {
      ...push(`${receiver.url}/events`, 'Bearer opensesame'),
      events_requested: [securityEventTypes.session_revoked, 'https://example.com/unknown'],
      description: 'A stream',
    };
    const made = await client.call('POST', '/ssf/streams', wish);
    assert.equal(made.status, 201);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    const { stream_id: id, ...rest } = made.body;
    assert.deepEqual(rest, {
      iss: server.issuer,
      aud: 'watcher',
      delivery: wish.delivery,
      events_supported: events,
      events_requested: wish.events_requested,
      events_delivered: [securityEventTypes.session_revoked],
      min_verification_interval: 5,
      description: 'A stream',
      subject_format: 'complex',
    });
    assert.deepEqual(await read(id).then(({ status, body }) => [status, body]), [200, made.body]);
    assert.deepEqual(await client.list(), [made.body]);

    const updated = await client.call('PATCH', '/ssf/streams', { stream_id: id, description: 'Another' });
    assert.deepEqual([updated.status, updated.body], [200, { ...made.body, description: 'Another' }]);
    assert.deepEqual((await read(id)).body, updated.body);

    const whole = { ...made.body, events_requested: [securityEventTypes.credential_change] };
    const wrong = await client.call('PUT', '/ssf/streams', { ...whole, events_delivered: events });
    assert.equal(wrong.status, 400, 'what the transmitter supplies is not changed');
    const elsewhere = { ...poll, endpoint_url: `${server.issuer}/ssf/poll/${unknownId}` };
    for (const method of ['PATCH', 'PUT']) {
      const moved = await client.call(method, '/ssf/streams', { stream_id: id, delivery: elsewhere });
      assert.equal(moved.status, 400, 'nor is the address to poll at');
    }
    const replaced = await client.call('PUT', '/ssf/streams', { stream_id: id, delivery: poll });
    assert.equal(replaced.status, 200);
    assert.deepEqual(replaced.body.delivery, { ...poll, endpoint_url: `${server.issuer}/ssf/poll/${id}` });
    assert.deepEqual([replaced.body.description, replaced.body.events_requested], [undefined, undefined]);
    assert.deepEqual((await read(id)).body, replaced.body);
    const reduced = await client.call('PUT', '/ssf/streams', {
      stream_id: id,
      ...push(receiver.url),
      events_requested: [securityEventTypes.session_revoked],
    });
    assert.deepEqual(reduced.body.events_delivered, [securityEventTypes.session_revoked]);
    assert.equal(reduced.body.delivery.authorization_header, undefined);
    const fallen = await client.call('PUT', '/ssf/streams', { stream_id: id });
    assert.equal(fallen.body.delivery.method, poll.method);

    const status = () => client.call('GET', `/ssf/status?stream_id=${id}`);
    assert.deepEqual((await status()).body, { stream_id: id, status: 'enabled' });
    for (const change of [
      { status: 'paused', reason: 'a pause' },
      { status: 'disabled' },
      { status: 'enabled' },
    ]) {
      const changed = await client.call('POST', '/ssf/status', { stream_id: id, ...change });
      assert.deepEqual([changed.status, changed.body], [200, { stream_id: id, ...change }]);
      assert.deepEqual((await status()).body, changed.body);
    }

    const deleted = await client.call('DELETE', `/ssf/streams?stream_id=${id}`);
    assert.deepEqual([deleted.status, deleted.body], [204, undefined]);
    assert.equal((await read(id)).status, 404);
  });

  it('openid-ssf-stream-control-create-stream-without-delivery', async () => {
    const { delivery, stream_id: id } = await client.create();
    assert.deepEqual(delivery, { ...poll, endpoint_url: `${server.issuer}/ssf/poll/${id}` });
  });

  it('openid-ssf-stream-control-error-create-stream-with-broken-input', async () => {
    const broken = ['{', '', '[]', 'null', '"text"', { delivery: { method: 'urn:example' } }, push('x')];
    for (const body of [...broken, { events_requested: 'all' }, { description: 7 }]) {
      const answer = await client.call('POST', '/ssf/streams', body);
      assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_request'], JSON.stringify(body));
    }
  });

  /** Each call with a wrong token, and with none. */
  const unauthorized = async (method: string, path: string, body?: unknown) => {
    const wrong = await client.call(method, path, body, wrongToken);
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"$/);
    const none = await client.call(method, path, body, {});
    assert.deepEqual([none.status, none.headers.get('www-authenticate')], [401, 'Bearer']);
  };

  it('openid-ssf-stream-control-error-create-stream-with-invalid-token', () =>
    unauthorized('POST', '/ssf/streams', { delivery: poll }));

  it('openid-ssf-stream-control-error-create-stream-with-read-only-token', async () => {
    const reader = await createStreamClient(server.issuer, onlooker);
    const answer = await reader.call('POST', '/ssf/streams', {});
    assert.equal(answer.status, 403);
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Bearer error="insufficient_scope", scope="ssf.manage"',
    );
    assert.deepEqual(await reader.list(), []);
  });

  it('openid-ssf-stream-control-error-create-stream-with-duplicate-config', async () => {
    const [first, second] = [await client.create(), await client.create()];
    assert.notEqual(first.stream_id, second.stream_id);
    for (let count = 3; count <= 10; count += 1) await client.create();
    const { stream_id: id } = first;
    await client.call('DELETE', `/ssf/streams?stream_id=${id}`);
    const race = await Promise.all([1, 2, 3, 4].map(() => client.call('POST', '/ssf/streams', {})));
    assert.deepEqual(
      race.map(({ status }) => status).toSorted((a, b) => a - b),
      [201, 409, 409, 409],
      'one has ten at most',
    );
  });

  it('openid-ssf-stream-control-error-read-stream-with-invalid-token', async () => {
    const { stream_id: id } = await client.create();
    await unauthorized('GET', `/ssf/streams?stream_id=${id}`);
    await unauthorized('GET', `/ssf/status?stream_id=${id}`);
  });

  it('openid-ssf-stream-control-error-read-stream-with-token-in-uri-query', async () => {
    const answer = await client.call('GET', `/ssf/streams?access_token=${client.token}`, undefined, {});
    assert.equal(answer.status, 401);
  });

  /** One that never was, one that is no identifier, and another client's: all alike. */
  const unknown = async (send: (id: string) => ReturnType<StreamClient['call']>) => {
    const other = await createStreamClient(server.issuer, rival);
    const { stream_id: foreign } = await other.create();
    const before = await other.list();
    const answers = [];
    for (const id of [unknownId, 'unknown_stream_id', foreign]) answers.push(await send(id));
    for (const { status, body } of answers) {
      assert.deepEqual([status, body], [404, answers[0]?.body]);
    }
    assert.deepEqual(await other.list(), before, 'the other one is untouched');
    await other.call('DELETE', `/ssf/streams?stream_id=${foreign}`);
  };

  it('openid-ssf-stream-control-error-read-unknown-stream', async () => {
    await unknown(read);
    await unknown((id) => client.call('GET', `/ssf/status?stream_id=${id}`));
  });

  it('openid-ssf-stream-control-error-update-stream-with-invalid-token', async () => {
    const { stream_id: id } = await client.create();
    await unauthorized('PATCH', '/ssf/streams', { stream_id: id, description: 'x' });
  });

  it('openid-ssf-stream-control-error-update-stream-with-invalid-body', async () => {
    await client.create();
    for (const body of ['{"stream_id":', { description: 'x' }, []]) {
      assert.equal((await client.call('PATCH', '/ssf/streams', body)).status, 400);
    }
  });

  it('openid-ssf-stream-control-error-update-unknown-stream', () =>
    unknown((id) => client.call('PATCH', '/ssf/streams', { stream_id: id, description: 'x' })));

  it('openid-ssf-stream-control-error-replace-stream-with-invalid-body', async () => {
    const stream = await client.create();
    for (const body of ['nothing', { delivery: poll }, { ...stream, aud: 'somebody' }]) {
      assert.equal((await client.call('PUT', '/ssf/streams', body)).status, 400);
    }
  });

  it('openid-ssf-stream-control-error-replace-stream-with-invalid-token', async () => {
    const stream = await client.create();
    await unauthorized('PUT', '/ssf/streams', stream);
  });

  it('openid-ssf-stream-control-error-replace-unknown-stream', () =>
    unknown((id) => client.call('PUT', '/ssf/streams', { stream_id: id, delivery: poll })));

  it('openid-ssf-stream-control-error-delete-stream-with-invalid-token', async () => {
    const { stream_id: id } = await client.create();
    await unauthorized('DELETE', `/ssf/streams?stream_id=${id}`);
    assert.equal((await read(id)).status, 200);
  });

  it('openid-ssf-stream-control-error-delete-unknown-stream', () =>
    unknown((id) => client.call('DELETE', `/ssf/streams?stream_id=${id}`)));

  it('openid-ssf-stream-subject-control', async () => {
    const { stream_id: id } = await client.create();
    const sub = await subjectOf(ada.username);
    const user = { format: 'iss_sub', iss: server.issuer, sub };
    const subjects = [user, { format: 'email', email: 'ADA@example.com' }, { format: 'complex', user }];
    for (const subject of [...subjects, { format: 'email', email: 'nobody@example.com' }]) {
      const added = await client.call('POST', '/ssf/subjects/add', {
        stream_id: id,
        subject,
        verified: true,
      });
      assert.deepEqual([added.status, added.body], [200, {}]);
      const removed = await client.call('POST', '/ssf/subjects/remove', { stream_id: id, subject });
      assert.deepEqual([removed.status, removed.body], [204, undefined]);
    }
    for (const subject of [undefined, {}, { format: 'opaque', id: 'x' }, { format: 'iss_sub', sub }]) {
      const answer = await client.call('POST', '/ssf/subjects/add', { stream_id: id, subject });
      assert.equal(answer.status, 400);
    }
    await unauthorized('POST', '/ssf/subjects/remove', { stream_id: id, subject: user });
    for (const path of ['/ssf/subjects/add', '/ssf/subjects/remove']) {
      await unknown((other) => client.call('POST', path, { stream_id: other, subject: user }));
    }
  });

  const verify = (id: string, state?: string) =>
    client.call('POST', '/ssf/verification', { stream_id: id, ...(state === undefined ? {} : { state }) });
  const verification = (id: string, state: string) => ({
    sub_id: { format: 'opaque', id },
    events: { [verificationEvent]: { state } },
  });

  it('openid-ssf-transmitter-stream-verification-push', async () => {
    const { stream_id: id } = await client.create(push(`${receiver.url}/events`, 'Bearer opensesame'));
    assert.deepEqual(await verify(id, 'abc').then(({ status, body }) => [status, body]), [204, undefined]);
    const { post, claims } = await nextPush(receiver, server.issuer);
    assert.deepEqual([post.path, post.headers.authorization], ['/events', 'Bearer opensesame']);
    const { sub_id, events: happened } = claims;
    assert.deepEqual({ sub_id, events: happened }, verification(id, 'abc'));
    const again = await verify(id, 'def');
    assert.deepEqual([again.status, again.headers.get('retry-after')], [429, '5'], 'once in five seconds');
  });

  it('openid-ssf-transmitter-stream-verification-error-push-no-auth', async () => {
    const { stream_id: id } = await client.create(push(receiver.url));
    assert.equal((await verify(id, 'abc')).status, 204);
    const { post } = await nextPush(receiver, server.issuer);
    assert.equal(post.headers.authorization, undefined);
  });

  it('openid-ssf-transmitter-stream-verification-error-unknown-stream', () => unknown((id) => verify(id)));

  it('openid-ssf-transmitter-stream-verification-error-invalid-body', async () => {
    const { stream_id } = await client.create();
    for (const body of ['{', {}, { stream_id: unknownId, state: 7 }, { stream_id, state: 'half \ud83d' }]) {
      assert.equal((await client.call('POST', '/ssf/verification', body)).status, 400);
    }
    await unauthorized('POST', '/ssf/verification', { stream_id: unknownId });
  });

  /** A stream that is polled, with one verification event in it; and how to poll it. */
  async function polled(state = 'abc') {
    const stream = await client.create({ delivery: poll });
    await verify(stream.stream_id, state);
    const ask = async (body: Record<string, unknown>) =>
      (await client.call('POST', stream.delivery.endpoint_url, { returnImmediately: true, ...body })).body;
    return { stream, ask };
  }

  it('openid-ssf-transmitter-stream-verification-poll-only', async () => {
    const { stream, ask } = await polled();
    const first = await ask({ maxEvents: 10 });
    const [[jti, set] = ['', '']] = Object.entries(first.sets);
    const claims = await verifySet(server.issuer, set, watcher.clientId);
    assert.equal(claims.jti, jti);
    const { sub_id, events: happened } = claims;
    assert.deepEqual({ sub_id, events: happened }, verification(stream.stream_id, 'abc'));
    assert.deepEqual(await ask({ maxEvents: 10 }), first, 'unacknowledged events come again, unchanged');
  });

  it('openid-ssf-transmitter-stream-verification-poll-and-ack', async () => {
    const { ask } = await polled();
    const { sets } = await ask({ maxEvents: 10 });
    assert.equal(Object.keys(sets).length, 1);
    assert.deepEqual(await ask({ maxEvents: 10, ack: Object.keys(sets) }), { sets: {} });
  });

  it('openid-ssf-transmitter-stream-verification-ack-only', async () => {
    const { ask } = await polled();
    const { sets } = await ask({});
    assert.deepEqual(await ask({ maxEvents: 0, ack: ['unknown'] }), { sets: {} });
    assert.deepEqual(await ask({}), { sets });
    assert.deepEqual(await ask({ maxEvents: 0, ack: Object.keys(sets) }), { sets: {} });
    assert.deepEqual(await ask({}), { sets: {} });
  });

  it('openid-ssf-transmitter-stream-verification-set-errs', async () => {
    const { ask } = await polled();
    const [jti = ''] = Object.keys((await ask({})).sets);
    const setErrs = { [jti]: { err: 'invalid_audience', description: 'Not for me.' } };
    assert.deepEqual(await ask({ setErrs }), { sets: {} });
    const [row] = await server.database.query<{ last_error: string }>(
      {
        name: 'test_dead',
        text: 'select last_error from notices where notice_id::text = $1 and dead_at is not null',
      },
      [jti],
    );
    assert.equal(row?.last_error, 'invalid_audience: Not for me.');
  });

  it('openid-ssf-transmitter-stream-verification-long-poll', async () => {
    const stream = await client.create({ delivery: poll });
    const both = [1, 2].map(() => client.call('POST', stream.delivery.endpoint_url, {}));
    assert.deepEqual((await Promise.race(both)).body, { sets: {} }, 'one waits, others are answered at once');
    await verify(stream.stream_id, 'later');
    const sets = (await Promise.all(both)).map(({ body }) => Object.keys(body.sets).length);
    assert.deepEqual(
      sets.toSorted((a, b) => a - b),
      [0, 1],
    );
  });

  it('openid-ssf-transmitter-poll-endpoint-authorization', async () => {
    const stream = await client.create({ delivery: poll });
    await unauthorized('POST', stream.delivery.endpoint_url, { returnImmediately: true });
    await unknown((id) => client.call('POST', `/ssf/poll/${id}`, { returnImmediately: true }));
  });

  async function subjectOf(username: string): Promise<string> {
    return (await findAccountByUsername(server.database, username))?.account.accountId ?? '';
  }

  it('openid-ssf-transmitter-stream-caep-interop', async () => {
    const stream = await client.create({ ...push(receiver.url), subject_format: 'iss_sub' });
    await verify(stream.stream_id, 'abc');
    await nextPush(receiver, server.issuer);
    await (await createRelyingParty(server.issuer, shop)).signIn(ada);
    const sub = await subjectOf(ada.username);
    await server.database.transaction(async (tx) =>
      endAccountAccess(tx, await loadConfiguration(tx), sub, 'ended_by_operator', { actor: 'operator' }),
    );
    const { claims } = await nextPush(receiver, server.issuer);
    assert.deepEqual(claims.sub_id, { format: 'iss_sub', iss: server.issuer, sub });
    const { reason_admin: reason, initiating_entity: by } = membersOf(claims, 'session_revoked');
    assert.equal(by, 'admin');
    assert.match((reason as { en: string }).en, /^ended_by_operator: /);

    await server.apply({ users: [{ ...nobody, password: 'another horse staple' }] });
    const { claims: change } = await nextPush(receiver, server.issuer);
    const { event_timestamp: at, reason_admin: why, ...members } = membersOf(change, 'credential_change');
    assert.deepEqual(members, {
      initiating_entity: 'admin',
      credential_type: 'password',
      change_type: 'update',
    });
    assert.ok(Math.abs(Number(at) - Date.now() / 1000) < 60);
    assert.match((why as { en: string }).en, /password/);
  });
});
