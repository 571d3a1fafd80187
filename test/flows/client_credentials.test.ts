import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { client } from '../support/example_configuration.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const worker = { clientId: 'worker', secret: 'worker secret of sixteen or more' };
const [plain, strict] = ['https://plain.example.com', 'https://strict.example.com'];

/** A client, a resource and a scope with policies of their own, and others without. */
function machineConfiguration({ workerTtl = 120 }: { workerTtl?: number } = {}) {
  const policies = { worker: workerTtl, resource: 90, scope: 60, person: 30 };
  const scopes = [
    { name: 'read', description: 'Read' },
    { name: 'write', description: 'Write', policy: 'scope' },
    { name: 'manage', description: 'Manage', policy: 'person', roles: ['admin'] },
    { name: 'pay', description: 'Pay', policy: 'person', stepUp: {} },
  ];
  const names = scopes.map(({ name }) => name);
  const metadata = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
  const machine = { secret: worker.secret, scope: names.join(' '), metadata };
  return {
    policies: new Map(
      Object.entries(policies).map(([name, seconds]) => [
        name,
        { limits: { access_token_ttl: seconds }, baselines: [] },
      ]),
    ),
    roles: new Map([['admin', { name: 'admin' }]]),
    scopes: new Map(scopes.map((scope) => [scope.name, scope])),
    resources: new Map([
      [plain, { identifier: plain, scopes: names }],
      [strict, { identifier: strict, scopes: names, policy: 'resource' }],
    ]),
    clients: new Map([
      ['worker', client('worker', { ...machine, policy: 'worker' })],
      ['lax', client('lax', machine)],
    ]),
  };
}

describe('a client without a user', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(machineConfiguration());
  });
  after(() => server.stop());

  async function discover(clientId = 'worker'): Promise<oidc.Configuration> {
    return await oidc.discovery(new URL(server.issuer), clientId, {}, oidc.ClientSecretBasic(worker.secret), {
      execute: [oidc.allowInsecureRequests],
    });
  }

  const cases: [rule: string, clientId: string, resource: string, scope: string, seconds: number][] = [
    ['its own policy', 'worker', plain, 'read', 120],
    ['the policy of the resource, if that is stricter', 'worker', strict, 'read', 90],
    ['the policy of a scope, if that is stricter still', 'worker', strict, 'read write', 60],
    ['no policy of a scope that it did not ask for', 'worker', plain, '', 120],
    ['no policy of a scope that only people get', 'worker', plain, 'read manage pay', 120],
    ['the policy default, if none applies', 'lax', plain, 'read', 300],
  ];
  for (const [rule, clientId, resource, scope, seconds] of cases) {
    it(`is ruled by ${rule}`, async () => {
      const config = await discover(clientId);
      const tokens = await oidc.clientCredentialsGrant(config, { resource, ...(scope ? { scope } : {}) });
      assert.equal(tokens.expires_in, seconds);
      const { exp = 0, iat = 0 } = decodeJwt(tokens.access_token);
      assert.equal(exp - iat, seconds);
    });
  }

  it('has a token until its very second, and no longer', async () => {
    const config = await discover();
    const { access_token: token } = await oidc.clientCredentialsGrant(config, { resource: plain });
    const { exp = 0 } = decodeJwt(token);
    const isActive = async () => (await oidc.tokenIntrospection(config, token)).active;
    const secondsLeft = () => exp - Date.now() / 1000;
    await server.clock.advance(Math.floor(secondsLeft()) - 10);
    assert.equal(await isActive(), true);
    await server.clock.advance(Math.ceil(secondsLeft()));
    assert.equal(await isActive(), false);
    await server.clock.reset();
  });

  it('is bound by a shortened limit at once, and by being removed', async () => {
    const config = await discover();
    const ask = () => oidc.clientCredentialsGrant(config, { resource: plain });
    assert.equal((await ask()).expires_in, 120);
    await server.apply(machineConfiguration({ workerTtl: 45 }));
    assert.equal((await ask()).expires_in, 45);
    const { clients, ...others } = machineConfiguration();
    await server.apply({ ...others, clients: new Map([...clients].filter(([name]) => name !== 'worker')) });
    await assert.rejects(ask(), { status: 401 });
    await server.apply(machineConfiguration());
  });
});
