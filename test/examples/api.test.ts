import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';
import { createRequestHandler } from '../../examples/api/request_handler.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const resource = 'https://api.example.com/v1';
const maxAge = 300;
const mfa = 'urn:curfew:acr:mfa';
const metadataUrl = 'https://api.example.com/.well-known/oauth-protected-resource/v1';
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

async function listen(server: Server): Promise<string> {
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

describe('the API example', () => {
  let key: CryptoKey;
  let issuerServer: Server;
  let apiServer: Server;
  let issuer: string;
  let url: string;
  /** What the issuer's metadata say it is. */
  let toldIssuer: string;

  before(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    key = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
    issuerServer = createServer((request, response) => {
      const metadata = { issuer: toldIssuer, jwks_uri: `${issuer}/jwks` };
      response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : metadata));
    });
    issuer = await listen(issuerServer);
  });
  beforeEach(async () => {
    toldIssuer = issuer;
    apiServer = createServer(createRequestHandler({ issuer, resource, maxAge }));
    url = await listen(apiServer);
  });
  afterEach(() => apiServer.close());
  after(() => issuerServer.close());

  async function sign(change: Record<string, unknown> = {}, typ = 'at+jwt'): Promise<string> {
    const claims = {
      iss: issuer,
      aud: resource,
      sub: 'a',
      client_id: 'c',
      jti: 'j',
      iat: now(),
      exp: now() + 60,
    };
    const payload = {
      ...claims,
      scope: 'reports.read payments.write',
      acr: mfa,
      auth_time: now(),
      ...change,
    };
    return await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', typ }).sign(key);
  }

  async function ask(request: string, authorization?: string) {
    const [method = '', path = ''] = request.split(' ');
    const headers: Record<string, string> = authorization ? { authorization } : {};
    const response = await fetch(`${url}${path}`, { method, headers });
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      text: await response.text(),
    };
  }

  it('gives what a good token asks for', async () => {
    const authorization = `Bearer ${await sign()}`;
    assert.equal((await ask('GET /reports', authorization)).status, 200);
    assert.deepEqual(await ask('POST /payments', authorization), {
      status: 200,
      challenge: null,
      text: '{"status":"accepted"}',
    });
    assert.equal((await ask('GET /payments', authorization)).status, 404);
  });

  it('says what it is and where tokens come from', async () => {
    const { text } = await ask('GET /.well-known/oauth-protected-resource/v1');
    assert.deepEqual(JSON.parse(text), {
      resource,
      authorization_servers: [issuer],
      scopes_supported: ['reports.read', 'payments.write'],
      bearer_methods_supported: ['header'],
    });
  });

  it('tells whoever brings no token where to begin, and of no error', async () => {
    for (const authorization of [undefined, 'Basic YTpi', 'Bearer', 'Bearer a b']) {
      const { status, challenge } = await ask('GET /reports', authorization);
      assert.deepEqual([status, challenge], [401, `Bearer resource_metadata="${metadataUrl}"`]);
    }
  });

  const bad: [what: string, make: () => Promise<string> | string][] = [
    ['is no JWT', () => 'opaque'],
    ['is not signed', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode({ iss: issuer })}.`],
    ['was signed by another', async () => `${(await sign()).slice(0, -8)}AAAAAAAA`],
    ['is an ID token', () => sign({}, 'JWT')],
    ['is for another API', () => sign({ aud: 'https://other.example.com' })],
    ['is from another issuer', () => sign({ iss: 'https://other.example.com' })],
    ['is over', () => sign({ exp: now() })],
    ['never ends', () => sign({ exp: undefined })],
    ['names no client', () => sign({ client_id: undefined })],
    ['is bound to a key', () => sign({ cnf: { jkt: 'thumbprint' } })],
  ];
  for (const [what, make] of bad) {
    it(`refuses a token that ${what}`, async () => {
      const { status, challenge } = await ask('GET /reports', `Bearer ${await make()}`);
      assert.equal(status, 401);
      assert.match(
        challenge ?? '',
        /^Bearer error="invalid_token", error_description="[^"]+", resource_metadata=/,
      );
    });
  }

  it('names the scope that is missing', async () => {
    for (const scope of ['reports.read', 'payments.writer', undefined]) {
      const { status, challenge } = await ask('POST /payments', `Bearer ${await sign({ scope })}`);
      assert.equal(status, 403);
      assert.match(challenge ?? '', /^Bearer error="insufficient_scope", .*scope="payments\.write"/);
    }
  });

  const unproved: [what: string, change: Record<string, unknown>][] = [
    ['a password alone', { acr: 'urn:curfew:acr:pwd' }],
    ['no acr', { acr: undefined }],
    ['no auth_time', { auth_time: undefined }],
    ['an old proof', { auth_time: now() - maxAge - 60 }],
  ];
  for (const [what, change] of unproved) {
    it(`asks for a second factor, and how recent, with ${what}`, async () => {
      const authorization = `Bearer ${await sign(change)}`;
      const { status, challenge } = await ask('POST /payments', authorization);
      assert.equal(status, 401);
      assert.match(
        challenge ?? '',
        /^Bearer error="insufficient_user_authentication", error_description="[^"]+", acr_values="urn:curfew:acr:mfa", max_age="300", resource_metadata=/,
      );
      assert.equal((await ask('GET /reports', authorization)).status, 200);
    });
  }

  it('blames no token while the issuer cannot be asked, and goes on when it can', async () => {
    toldIssuer = 'https://other.example.com';
    const said: unknown[] = [];
    const { error } = console;
    console.error = (...words) => void said.push(words);
    const authorization = `Bearer ${await sign()}`;
    const { status, challenge } = await ask('GET /reports', authorization).finally(
      () => (console.error = error),
    );
    assert.deepEqual([status, challenge, said.length], [503, null, 1]);
    toldIssuer = issuer;
    assert.equal((await ask('GET /reports', authorization)).status, 200);
  });
});

describe('the API example as a process', () => {
  const start = (env: Record<string, string>) =>
    spawn(process.execPath, ['--import', 'tsx', 'examples/api/server.ts'], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('says where it listens, is named after that, and ends at SIGTERM', async () => {
    const child = start({ ISSUER: 'http://127.0.0.1:1', PORT: '0' });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /^ready (http:\/\/localhost:\d+)$/m.exec(line.toString())?.[1] ?? '';
    const response = await fetch(`${url}/.well-known/oauth-protected-resource`);
    assert.equal(((await response.json()) as { resource: string }).resource, url);
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    assert.deepEqual(await closed, [0, null]);
  });

  for (const [env, fault] of [
    [{}, /ISSUER is not an https URL/],
    [{ ISSUER: 'http://login.example.com' }, /ISSUER is not an https URL/],
    [{ ISSUER: 'https://login.example.com', RESOURCE: 'api' }, /RESOURCE is not an https URL/],
    [{ ISSUER: 'https://login.example.com', MAX_AGE: '-1' }, /MAX_AGE is no whole number/],
  ] as const) {
    it(`does not start with ${JSON.stringify(env)}`, async () => {
      const child = start(env);
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      assert.deepEqual(await once(child, 'close'), [1, null]);
      assert.match(said, fault);
    });
  }
});
