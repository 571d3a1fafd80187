/**
 * oidc-provider alone, in a process of its own: its memory adapter, or the one of `knex_adapter.ts` where
 * there is a database, and the same kind of client, tokens and bond to a session as Curfew gives. Knows the
 * questions `port` and `seed`.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import type { Configuration } from 'oidc-provider';
import { answerQuestion } from '../support/answer_questions.ts';
import { buildKnexAdapter } from './knex_adapter.ts';
import { clientId, resource, scope } from './refresh_request.ts';

/** So many that no grant gathers many tokens in one measurement: each costs the memory adapter a look at all of them. */
const families = 256;
/** In place of the adapter's own, which keeps a thousand things and would forget what is still needed. */
const store = new Map<string, unknown>();
const { BENCH_CLIENT_SECRET: clientSecret = '', BENCH_DATABASE_URL: databaseUrl } = process.env;
const apiScope = 'orders.read orders.write';
const hour = 3600;

async function buildLibrary(issuer: string): Promise<Provider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const configuration: Configuration = {
    adapter: databaseUrl ? buildKnexAdapter(databaseUrl) : (model) => new MemoryAdapter(model, store),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: ['https://client.example.com/callback'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'], profile: ['name'], email: ['email'] },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    rotateRefreshToken: true,
    expiresWithSession: () => true,
    extraTokenClaims: () => ({ amr: ['pwd'], roles: ['admin', 'member'] }),
    ttl: { AccessToken: 300, IdToken: 300, RefreshToken: hour, Grant: hour, Session: hour },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: apiScope,
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  };
  return new Provider(issuer, configuration);
}

/** A new family with a session and a grant of its own; its refresh token. */
async function seedFamily(provider: Provider, at: number): Promise<string> {
  const accountId = `account-${at}`;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid profile email');
  grant.addResourceScope(resource, apiScope);
  const grantId = await grant.save();
  const session = new provider.Session();
  const authTime = Math.floor(Date.now() / 1000);
  session.loginAccount({ accountId, loginTs: authTime });
  session.ensureClientContainer(clientId);
  session.grantIdFor(clientId, grantId);
  await session.save(hour);
  const client = await provider.Client.find(clientId);
  if (!client) throw new Error('The client is gone.');
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId,
    gty: 'authorization_code',
    scope,
    resource,
    authTime,
    acr: 'urn:curfew:acr:pwd',
    amr: ['pwd'],
    sessionUid: session.uid,
    sid: session.sidFor(clientId),
    expiresWithSession: true,
    iiat: authTime,
  });
  return await token.save();
}

const provider = await buildLibrary('http://127.0.0.1');
const handle = provider.callback();
const server = http.createServer((req, res) => void handle(req, res));
server.listen(0, '127.0.0.1', () => answerQuestion('port', () => (server.address() as AddressInfo).port));
answerQuestion('seed', () => {
  store.clear();
  return Promise.all(Array.from({ length: families }, (_, at) => seedFamily(provider, at)));
});
