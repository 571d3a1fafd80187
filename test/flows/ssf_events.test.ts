import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { JWTPayload } from 'jose';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { securityEventTypes } from '../../src/domain/security_events.ts';
import { changePassword } from '../../src/operations/change_password.ts';
import { deleteAccount } from '../../src/operations/delete_account.ts';
import { disableAccount, enableAccount } from '../../src/operations/disable_account.ts';
import { dropStaleEvents } from '../../src/operations/drop_stale_events.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { removeSecondFactors } from '../../src/operations/remove_second_factors.ts';
import { removeTotpFactor } from '../../src/operations/remove_totp_factor.ts';
import { setRoles } from '../../src/operations/set_roles.ts';
import { verifyTotp } from '../../src/operations/verify_totp.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { LoadedConfiguration } from '../../src/store/configuration.ts';
import type { Queryable } from '../../src/store/database.ts';
import { listTotpFactors } from '../../src/store/second_factors.ts';
import { listNotices } from '../../src/store/undelivered_notices.ts';
import {
  createStreamClient,
  membersOf,
  nextPush,
  push,
  streamConfiguration,
} from '../support/event_streams.ts';
import type { StreamClient } from '../support/event_streams.ts';
import { ada, client, joan, portal, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { startReceiver } from '../support/receiver.ts';
import type { Answer, Receiver } from '../support/receiver.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';
import { startTestServer, testSecret } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { waitUntil } from '../support/process_wait.ts';

const operator = { actor: 'operator' };
const mfa = 'urn:curfew:acr:mfa';

describe('a security event', () => {
  let server: TestServer;
  let watcher: StreamClient;
  let receiver: Receiver;
  let answer: Answer;
  let party: RelyingParty;
  let tokens: Tokens;
  let sub: string;

  before(async () => {
    server = await startTestServer(withStreamsAtShop());
  });
  after(() => server.stop());
  beforeEach(async () => {
    answer = (response) => response.writeHead(202).end();
    receiver = await startReceiver((response, post) => answer(response, post));
    watcher = await createStreamClient(server.issuer);
    party = await createRelyingParty(server.issuer, shop);
    tokens = await party.signIn(ada);
    sub = decodeJwt(tokens.id_token ?? '').sub ?? '';
  });
  afterEach(async () => {
    await receiver.close();
    await server.clock.reset();
    await sql(server.database, 'delete from ssf_streams');
    await dropStaleEvents(server.database);
    await sql(
      server.database,
      `update sessions set ended_at = curfew_now(), end_reason = 'signed_out' where ended_at is null`,
    );
  });

  function withStreamsAtShop(): ExampleConfiguration {
    const wanted = streamConfiguration();
    const scope = 'openid profile email offline_access ssf.read ssf.manage';
    const grant_types = ['authorization_code', 'refresh_token', 'client_credentials'];
    const atShop = client('shop', { secret: shop.secret, scope, metadata: { grant_types } });
    return { ...wanted, clients: new Map([...wanted.clients, ['shop', atShop]]) };
  }

  const change = <Result>(work: (tx: Queryable, configuration: LoadedConfiguration) => Promise<Result>) =>
    server.database.transaction(async (tx) => await work(tx, await loadConfiguration(tx)));
  const endAll = (cause: 'ended_by_operator' | 'credential_changed' = 'ended_by_operator') =>
    change((tx, configuration) => endAccountAccess(tx, configuration, sub, cause, operator));
  const waiting = async () =>
    (await sql(server.database, 'select from notices where dead_at is null')).length;
  const user = () => ({ format: 'iss_sub', iss: server.issuer, sub });
  const session = (id: unknown) => ({ format: 'complex', session: { format: 'opaque', id }, user: user() });
  const sidOf = ({ id_token: idToken }: Tokens) => decodeJwt(idToken ?? '').sid;
  const setStatus = (id: string, status: string) =>
    watcher.call('POST', '/ssf/status', { stream_id: id, status });

  it('of an idle end names the session, the moment of the limit and the policy, although nobody looks', async () => {
    await watcher.create(push(receiver.url, 'Bearer opensesame'));
    const row = await server.database.query<{ at: number }>({
      name: 'test_activity',
      text: 'select extract(epoch from last_activity_at)::float8 as at from sessions where account_id is not null',
    });
    await server.clock.advance(3700);
    const { post, claims } = await nextPush(receiver, server.issuer);
    assert.equal(post.headers.authorization, 'Bearer opensesame');
    assert.deepEqual(claims.sub_id, session(sidOf(tokens)));
    assert.deepEqual(membersOf(claims, 'session_revoked'), {
      event_timestamp: Math.floor((row[0]?.at ?? 0) + 3600),
      initiating_entity: 'policy',
      reason_admin: {
        en: 'idle_timeout: No activity for longer than the idle limit. Limit: 1 hour. Policy: member, version 1.',
      },
    });
  });

  it('of an end by the user, an operator or a changed credential says who began it', async () => {
    const stream = await watcher.create();
    const page = await party.browser.open('/session/end');
    await party.browser.submit(page, /session\/end\/confirm$/, { logout: 'yes' });
    await party.signIn(ada);
    await endAll();
    party.browser.clearCookies();
    await party.signIn(ada);
    await endAll('credential_changed');
    const ends = (await watcher.take(stream)).map((claims) => membersOf(claims, 'session_revoked'));
    assert.deepEqual(
      ends.map(({ initiating_entity: by, reason_admin: reason }) => [
        by,
        (reason as { en: string }).en.split(':')[0],
      ]),
      [
        ['user', 'signed_out'],
        ['admin', 'ended_by_operator'],
        ['admin', 'credential_changed'],
      ],
    );
  });

  it('names a session as its receiver knows it: to a client by its own sid, to an API by those of all clients', async () => {
    const other = await createRelyingParty(server.issuer, portal, party.browser);
    const atPortal = await other.signIn(ada, { claims: '{"id_token":{"sid":null}}' });
    const inside = await createStreamClient(server.issuer, shop);
    const [outsideStream, insideStream] = [await watcher.create(), await inside.create()];
    const accountStream = await watcher.create({ subject_format: 'iss_sub' });
    await endAll();
    const own = await inside.take(insideStream);
    assert.deepEqual(
      own.map(({ sub_id }) => sub_id),
      [session(sidOf(tokens))],
    );
    const all = await watcher.take(outsideStream);
    assert.deepEqual(
      new Set(all.map(({ sub_id }) => (sub_id as { session: { id: string } }).session.id)),
      new Set([sidOf(tokens), sidOf(atPortal)]),
    );
    const accounts = await watcher.take(accountStream);
    assert.deepEqual(
      accounts.map(({ sub_id }) => sub_id),
      [user()],
    );
    assert.equal(new Set([...own, ...all, ...accounts].map(({ txn }) => txn)).size, 1, 'one cause');
    assert.equal(new Set([...own, ...all, ...accounts].map(({ jti }) => jti)).size, 4);
  });

  it('tells of factors, a step-up, roles and the state of an account', async () => {
    party.browser.clearCookies();
    tokens = await party.signIn(joan);
    sub = decodeJwt(tokens.id_token ?? '').sub ?? '';
    const stream = await watcher.create();
    const authenticator = { secret: '', recoveryCodes: [] };
    await party.signIn({ ...joan, authenticator }, { acr_values: mfa });
    await change((tx, configuration) =>
      setRoles(tx, configuration, { accountId: sub, roles: ['member', 'admin'] }, ['member'], operator),
    );
    await change((tx, configuration) => removeSecondFactors(tx, configuration, { accountId: sub }, operator));
    await change((tx, configuration) => disableAccount(tx, configuration, sub, operator));
    await change((tx) => enableAccount(tx, sub, operator));
    const users = [{ ...joan, password: 'another horse battery' }];
    await server.apply({ users });
    await change((tx, configuration) => deleteAccount(tx, configuration, sub, operator));

    const claims = await watcher.take(stream);
    const told = claims.map((one) => {
      const [type = '', members = {}] =
        Object.entries(one.events as Record<string, Record<string, unknown>>)[0] ?? [];
      const { event_timestamp: at, reason_admin: reason, ...rest } = members;
      assert.ok(Math.abs(Number(at) - Date.now() / 1000) < 60 && reason);
      return [type.split('/').at(-1), rest];
    });
    assert.deepEqual(told, [
      ['credential-change', { initiating_entity: 'user', credential_type: 'app', change_type: 'create' }],
      [
        'assurance-level-change',
        {
          initiating_entity: 'user',
          namespace: 'NIST-AAL',
          current_level: 'nist-aal2',
          previous_level: 'nist-aal1',
          change_direction: 'increase',
        },
      ],
      ['token-claims-change', { initiating_entity: 'admin', claims: { roles: ['member'] } }],
      ['session-revoked', { initiating_entity: 'admin' }],
      ['credential-change', { initiating_entity: 'admin', credential_type: 'app', change_type: 'delete' }],
      ['account-disabled', { initiating_entity: 'admin' }],
      ['account-enabled', { initiating_entity: 'admin' }],
      [
        'credential-change',
        { initiating_entity: 'admin', credential_type: 'password', change_type: 'update' },
      ],
      ['account-purged', { initiating_entity: 'admin' }],
    ]);
    const [enrolled, stepUp] = claims;
    assert.deepEqual([enrolled?.sub_id, stepUp?.sub_id], [user(), session(sidOf(tokens))]);
  });

  it('tells of what people change themselves, and of an authenticator that guesses turned off', async () => {
    const kay = { username: 'kay', password: 'tin kettle moss fern' };
    await server.apply({ users: [{ ...kay, roles: ['member'] }] });
    party.browser.clearCookies();
    const person = { ...kay, authenticator: { secret: '', recoveryCodes: [] } };
    const accountId = decodeJwt((await party.signIn(person, { acr_values: mfa })).id_token ?? '').sub ?? '';
    const { session_id: keeps } = await sqlOne<{ session_id: string }>(
      server.database,
      'select session_id from sessions where account_id = $1',
      accountId,
    );
    const stream = await watcher.create();
    await sql(
      server.database,
      'update second_factor_states set failures = 99 where account_id = $1',
      accountId,
    );
    const secrets = createSecretsAtRest([testSecret]);
    await verifyTotp(server.database, secrets, { accountId, code: 'none' }, {});
    const [factor] = await listTotpFactors(server.database, accountId);
    await change(async (tx, configuration) => {
      const removed = { accountId, factorId: factor?.factorId ?? '', keeps };
      await removeTotpFactor(tx, configuration, removed, {});
    });
    await changePassword(
      server.database,
      await loadConfiguration(server.database),
      {
        accountId,
        keeps,
        current: kay.password,
        next: 'harbour lamp of brass',
        usedAlone: true,
        serviceName: 'Curfew',
      },
      {},
    );
    const told = (await watcher.take(stream)).map((claims) => {
      const {
        initiating_entity: by,
        credential_type: type,
        change_type: how,
      } = membersOf(claims, 'credential_change');
      return [by, type, how];
    });
    assert.deepEqual(told, [
      ['policy', 'app', 'revoke'],
      ['user', 'app', 'delete'],
      ['user', 'password', 'update'],
    ]);
  });

  it('goes only to streams that ask for its type, and want to hear of the account', async () => {
    const { session_revoked: revoked, credential_change: credential } = securityEventTypes;
    const [sessions, credentials, others] = [
      await watcher.create({ events_requested: [revoked] }),
      await watcher.create({ events_requested: [credential] }),
      await watcher.create(),
    ];
    await watcher.call('POST', '/ssf/subjects/remove', { stream_id: others.stream_id, subject: user() });
    await endAll();
    const counts = async () => {
      const taken: JWTPayload[][] = [];
      for (const stream of [sessions, credentials, others]) taken.push(await watcher.take(stream));
      return taken.map(({ length }) => length);
    };
    assert.deepEqual(await counts(), [1, 0, 0]);

    await watcher.call('POST', '/ssf/subjects/add', { stream_id: others.stream_id, subject: user() });
    party.browser.clearCookies();
    await party.signIn(ada);
    await endAll();
    assert.deepEqual(await counts(), [1, 0, 1]);
  });

  it('is told of nobody who has an address that was left out, however many share it', async () => {
    const stream = await watcher.create();
    const subject = { format: 'email', email: 'Ada@example.com' };
    await sql(
      server.database,
      `update accounts set email = 'ada@example.com' where username in ('ada', 'grace')`,
    );
    const leftOut = async () =>
      (await sql(server.database, 'select from ssf_removed_subjects where stream_id = $1', stream.stream_id))
        .length;
    const call = (what: string) =>
      watcher.call('POST', `/ssf/subjects/${what}`, { stream_id: stream.stream_id, subject });
    assert.equal((await call('remove')).status, 204);
    assert.equal(await leftOut(), 2);
    await endAll();
    assert.deepEqual(await watcher.take(stream), []);
    assert.equal((await call('add')).status, 200);
    assert.equal(await leftOut(), 0);
  });

  it('waits in order while its stream is paused, and is dropped while it is disabled', async () => {
    const { stream_id: id } = await watcher.create(push(receiver.url));
    const rename = (roles: string[]) =>
      change((tx, configuration) =>
        setRoles(tx, configuration, { accountId: sub, roles: [] }, roles, operator),
      );
    await setStatus(id, 'paused');
    for (const roles of [['member'], ['admin'], ['member', 'admin'], [], ['admin']]) await rename(roles);
    await server.clock.advance(2 * 86_400);
    assert.equal(receiver.received.length, 0);
    // Its token is too old by now.
    watcher = await createStreamClient(server.issuer);
    await setStatus(id, 'enabled');
    const inOrder: unknown[] = [];
    while (inOrder.length < 5) {
      const { claims } = await nextPush(receiver, server.issuer);
      const [event] = Object.values(claims.events as Record<string, { claims?: { roles: unknown } }>);
      // The session ended meanwhile, too.
      if (event?.claims) inOrder.push(event.claims.roles);
    }
    assert.deepEqual(inOrder, [['member'], ['admin'], ['member', 'admin'], [], ['admin']]);

    await setStatus(id, 'paused');
    await rename(['member']);
    await setStatus(id, 'disabled');
    await rename(['admin']);
    assert.equal(await waiting(), 0);
    await setStatus(id, 'enabled');
    receiver.received.length = 0;
    await rename([]);
    const { claims } = await nextPush(receiver, server.issuer);
    assert.deepEqual(membersOf(claims, 'token_claims_change').claims, { roles: [] });
    assert.equal(receiver.received.length, 0);
  });

  it('comes in the order in which things happened, though some were tried before and others were not', async () => {
    answer = (response) => response.writeHead(503).end();
    const stream = await watcher.create(push(receiver.url));
    const happened = [['member'], ['admin'], ['member', 'admin'], []];
    for (const roles of happened) {
      await change((tx, configuration) =>
        setRoles(tx, configuration, { accountId: sub, roles: [] }, roles, operator),
      );
      // The first is to be tried again later; the others wait behind it.
      await waitUntil(
        async () =>
          (await sql(server.database, 'select from notices where last_error is not null')).length > 0,
        'the receiver was not found down',
      );
    }
    const { body: turned } = await watcher.call('PATCH', '/ssf/streams', {
      stream_id: stream.stream_id,
      delivery: { method: 'urn:ietf:rfc:8936' },
    });
    const rolesOf = (sets: Record<string, string>) =>
      Object.values(sets).map((set) => membersOf(decodeJwt(set), 'token_claims_change').claims);
    const told = happened.map((roles) => ({ roles }));
    const { body } = await watcher.call('POST', turned.delivery.endpoint_url, { returnImmediately: true });
    assert.deepEqual(rolesOf(body.sets), told);
    // Let go and held once more: as before.
    await watcher.call('PATCH', '/ssf/streams', {
      stream_id: stream.stream_id,
      ...push('http://127.0.0.1:9/'),
    });
    await watcher.call('PATCH', '/ssf/streams', { stream_id: stream.stream_id, delivery: turned.delivery });
    const again = await watcher.call('POST', turned.delivery.endpoint_url, { returnImmediately: true });
    assert.deepEqual(rolesOf(again.body.sets), told);
  });

  it('is fetched when its stream turns from push to poll, and pushed when it turns back', async () => {
    answer = (response) => response.writeHead(503).end();
    const { stream_id: id } = await watcher.create(push(receiver.url));
    await endAll();
    await receiver.waitFor(1);
    const { body: turned } = await watcher.call('PATCH', '/ssf/streams', {
      stream_id: id,
      delivery: { method: 'urn:ietf:rfc:8936' },
    });
    const poll = () => watcher.call('POST', turned.delivery.endpoint_url, { returnImmediately: true });
    const [jti] = Object.keys((await poll()).body.sets);
    answer = (response) => response.writeHead(202).end();
    receiver.received.length = 0;
    await watcher.call('PATCH', '/ssf/streams', { stream_id: id, ...push(receiver.url) });
    const { claims } = await nextPush(receiver, server.issuer);
    assert.equal(claims.jti, jti, 'the same event');
    assert.equal((await poll()).status, 404, 'a pushed stream is not polled');
  });

  it('that its receiver refuses with 400 is recorded, and not tried again; 503 and a redirect are', async () => {
    const statuses = [503, 302, 400];
    answer = (response) => {
      const status = statuses.shift() ?? 202;
      response.writeHead(status, { location: `${receiver.url}/elsewhere` }).end('{"err":"invalid_key"}');
    };
    await watcher.create(push(`${receiver.url}/events`));
    await endAll();
    const jtis = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      const { post, claims } = await nextPush(receiver, server.issuer);
      assert.equal(post.path, '/events');
      jtis.add(claims.jti ?? '');
      await server.clock.advance(120);
    }
    assert.equal(jtis.size, 1, 'a receiver can tell that it is the same event');
    await waitUntil(
      async () => (await listNotices(server.database, { deadOnly: true, most: 10 })).length === 1,
      'it is not recorded',
    );
    const [dead] = await listNotices(server.database, { deadOnly: true, most: 10 });
    assert.deepEqual([dead?.noticeId, dead?.lastError], [[...jtis][0], 'the receiver answered 400']);
    const recorded = (await listEvents(server.database)).filter(
      ({ name }) => name === 'notice.undeliverable',
    );
    assert.deepEqual(
      recorded.map(({ detail }) => detail.notice_id),
      [...jtis],
    );
  });

  it('is told no more when the client is disabled, loses the scope, or is removed', async () => {
    await watcher.create(push(receiver.url));
    const setClient = (assignment: string) =>
      sql(server.database, `update clients set ${assignment} where client_id = 'watcher'`);
    const rename = () =>
      change((tx, configuration) =>
        setRoles(tx, configuration, { accountId: sub, roles: [] }, ['member'], operator),
      );
    await setClient('disabled_at = curfew_now()');
    await rename();
    assert.equal(await waiting(), 0);
    await setClient(`disabled_at = null, metadata = metadata || '{"scope": "openid"}'`);
    await rename();
    assert.equal(await waiting(), 0);
    await sql(server.database, 'update configuration_state set version = version + 1');
    assert.equal((await watcher.call('GET', '/ssf/streams')).status, 403);

    const { clients } = withStreamsAtShop();
    await server.apply({ clients: new Map([...clients].filter(([id]) => id !== 'watcher')) });
    assert.deepEqual(await sql(server.database, 'select from ssf_streams'), []);
    await server.apply({ clients });
  });
});
