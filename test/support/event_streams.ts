import assert from 'node:assert/strict';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { securityEventTypes } from '../../src/domain/security_events.ts';
import type { SecurityEventType } from '../../src/domain/security_events.ts';
import { client, exampleConfiguration } from './example_configuration.ts';
import type { ExampleConfiguration } from './example_configuration.ts';
import type { ReceivedPost, Receiver } from './receiver.ts';
import { createRelyingParty } from './relying_party.ts';

const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
const secret = 'secret of sixteen or more';
export const watcher = { clientId: 'watcher', secret };
export const rival = { clientId: 'rival', secret };
/** A client that may read, and not change. */
export const onlooker = { clientId: 'onlooker', secret };

/** The example configuration, with clients that may have event streams. */
export function streamConfiguration(): ExampleConfiguration {
  const configuration = exampleConfiguration();
  const member = (id: string, scope: string) => client(id, { secret, scope, metadata: machine });
  return {
    ...configuration,
    clients: new Map([
      ...configuration.clients,
      ['watcher', member('watcher', 'ssf.read ssf.manage')],
      ['rival', member('rival', 'ssf.read ssf.manage')],
      ['onlooker', member('onlooker', 'ssf.read')],
    ]),
  };
}

/** What the routes answer, as far as tests look into it: a stream's configuration, events, or an error. */
export interface ReplyBody {
  stream_id: string;
  aud: string;
  delivery: { method: string; endpoint_url: string; authorization_header?: string };
  description?: string;
  events_requested?: string[];
  events_delivered: string[];
  sets: Record<string, string>;
  moreAvailable?: boolean;
  error?: string;
}

export interface Reply {
  status: number;
  body: ReplyBody;
  headers: Headers;
}

/** A client with a token for event streams. */
export interface StreamClient {
  token: string;
  /** `path` below the issuer, or a whole URL; a text goes as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Make a stream; fails unless it is made. Returns its configuration. */
  create(wish?: Record<string, unknown>): Promise<ReplyBody>;
  /** The client's streams. */
  list(): Promise<ReplyBody[]>;
  /** What waits for a stream that is polled, verified, oldest first; all of it is acknowledged. */
  take(stream: ReplyBody): Promise<JWTPayload[]>;
}

export async function createStreamClient(
  issuer: string,
  identity: { clientId: string; secret: string } = watcher,
): Promise<StreamClient> {
  const party = await createRelyingParty(issuer, identity);
  const { body: tokens } = await party.token({
    grant_type: 'client_credentials',
    resource: `${issuer}/ssf`,
    scope: 'ssf.read ssf.manage',
  });
  const token = String(tokens.access_token);

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${token}` },
  ): Promise<Reply> {
    const response = await fetch(new URL(path, issuer), {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? undefined : JSON.parse(text)) as ReplyBody,
      headers: response.headers,
    };
  }

  return {
    token,
    call,
    async create(wish = {}) {
      const made = await call('POST', '/ssf/streams', wish);
      assert.equal(made.status, 201, JSON.stringify(made.body));
      return made.body;
    },
    async list() {
      const { body } = await call('GET', '/ssf/streams');
      return body as unknown as ReplyBody[];
    },
    async take(stream) {
      const url = stream.delivery.endpoint_url;
      const { body } = await call('POST', url, { returnImmediately: true });
      const sets = Object.entries(body.sets);
      await call('POST', url, { maxEvents: 0, ack: sets.map(([jti]) => jti) });
      const events: JWTPayload[] = [];
      for (const [jti, set] of sets) {
        const claims = await verifySet(issuer, set, stream.aud);
        assert.equal(claims.jti, jti);
        events.push(claims);
      }
      return events;
    },
  };
}

/** Check a security event token as SSF 1.0 §4 and the CAEP interoperability profile have it. */
export async function verifySet(issuer: string, set: string, audience: string): Promise<JWTPayload> {
  const metadata = (await (await fetch(`${issuer}/.well-known/ssf-configuration`)).json()) as {
    jwks_uri: string;
  };
  const { payload, protectedHeader, key } = await jwtVerify(
    set,
    createRemoteJWKSet(new URL(metadata.jwks_uri)),
    { issuer, audience, typ: 'secevent+jwt', requiredClaims: ['jti', 'iat', 'sub_id', 'events', 'txn'] },
  );
  assert.equal(protectedHeader.alg, 'RS256');
  assert.ok((key as unknown as { algorithm: { modulusLength: number } }).algorithm.modulusLength >= 2048);
  assert.equal(Object.keys(payload.events as object).length, 1);
  assert.deepEqual([payload.sub, payload.exp], [undefined, undefined]);
  assert.equal(typeof payload.txn, 'string');
  assert.ok((payload.iat ?? 0) <= Date.now() / 1000 + 1);
  return payload;
}

/** The members of a token's event, which must be of this type. */
export function membersOf(claims: JWTPayload | undefined, type: SecurityEventType): Record<string, unknown> {
  const events = (claims?.events ?? {}) as Record<string, Record<string, unknown>>;
  assert.deepEqual(Object.keys(events), [securityEventTypes[type]]);
  return events[securityEventTypes[type]] ?? {};
}

/** The next pushed event, verified. */
export async function nextPush(
  receiver: Receiver,
  issuer: string,
  audience = watcher.clientId,
): Promise<{ post: ReceivedPost; claims: JWTPayload }> {
  await receiver.waitFor(1);
  const post = receiver.received.shift();
  assert.ok(post);
  assert.equal(post.headers['content-type'], 'application/secevent+jwt');
  assert.equal(post.headers.accept, 'application/json');
  return { post, claims: await verifySet(issuer, post.body, audience) };
}

export const push = (url: string, authorization?: string) => ({
  delivery: {
    method: 'urn:ietf:rfc:8935',
    endpoint_url: url,
    ...(authorization === undefined ? {} : { authorization_header: authorization }),
  },
});
