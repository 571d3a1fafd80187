import assert from 'node:assert/strict';
import { describeApi, listProblems } from '../../src/admin/api/openapi.ts';
import { apiProblems } from '../../src/admin/api/problem.ts';
import { routes } from '../../src/admin/api/routes.ts';
import { adminConfiguration, callApi, createAdministrator } from '../support/administrators.ts';
import type { Administrator } from '../support/administrators.ts';
import { createSeededRandom } from '../../src/dev/seeded_random.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

interface Operation {
  operationId: string;
  security: { curfew: string[] }[];
  responses: Record<string, { content: Record<string, unknown> }>;
}

describe('the description of the admin API', () => {
  let server: TestServer;
  let admin: Administrator;
  let paths: Record<string, Record<string, Operation>>;

  before(async () => {
    server = await startTestServer(adminConfiguration());
    admin = await createAdministrator(server.issuer);
    const { status, body } = await callApi(server.issuer, 'GET', '/openapi.json');
    assert.equal(status, 200);
    assert.equal(body.openapi, '3.1.0');
    paths = body.paths;
  });
  after(() => server.stop());

  const operationOf = ({ path, method }: { path: string; method: string }): Operation => {
    const found = paths[path]?.[method.toLowerCase()];
    assert.ok(found, `${method} ${path}`);
    return found;
  };

  it('has every route, each with a scope and a name of its own', () => {
    for (const route of routes) {
      const { security, operationId } = operationOf(route);
      assert.deepEqual(security, [{ curfew: [route.scope] }]);
      assert.equal(operationId, route.operationId);
    }
    assert.equal(new Set(routes.map(({ operationId }) => operationId)).size, routes.length);
    assert.equal(Object.values(paths).flatMap((item) => Object.keys(item)).length, routes.length);
  });

  it('lets nothing change by a route that only reads', () => {
    for (const { method, scope, operationId } of routes)
      if (
        method !== 'GET' &&
        !['previewPolicy', 'previewRevert', 'previewConfiguration'].includes(operationId)
      )
        assert.equal(scope, 'curfew:write', operationId);
  });

  it('is the same however often it is made', () => {
    assert.deepEqual(describeApi('https://a.example', routes), describeApi('https://a.example', routes));
  });

  /** Bodies from nothing at all to the wildest: what a caller may send by mistake or on purpose. */
  const bodies = [
    'none',
    '',
    'null',
    '[]',
    '{}',
    '{"',
    '{"__proto__":1}',
    '{"roles":[{}]}',
    '{"username":1e400}',
    '{"client_id":"x","redirect_uris":["https://a.example/"],"client_name":"\\ud800"}',
    '{"client_id":"x","redirect_uris":["https://a.example/"],"jwks":{"keys":[{"kty":"EC","\\u0000":"\\u0000"}]}}',
    '{"redirect_uris":["https://a.example/"],"token_endpoint_auth_method":"none","policy":"none"}',
    '{"overlap":"0s"}',
    '{"configuration":{}}',
    '{"configuration":{"__proto__":{},"policies":null}}',
    '{"configuration":{"branding":{"name":"\\u0000"},"roles":{"\\ud800":{}}}}',
    '{"configuration":{"policies":{"member":{"session_idle":"1s"}},"users":[{"username":"x","password_env":"HOME"}]}}',
    `{"configuration":${'['.repeat(500)}${']'.repeat(500)}}`,
    `{"configuration":{"roles":${'{"a":'.repeat(500)}0${'}'.repeat(500)}}}`,
  ];
  const texts = [
    '',
    'x',
    '1',
    '%00',
    '%F0%9F%98%80',
    '%2F',
    "'; drop table accounts; --",
    'a'.repeat(101),
    '%E0%A4%A',
  ];

  it('names every answer there is, for every route, with and without rights, whatever is sent', async () => {
    const seed = Date.now() % 1_000_000;
    const { pick } = createSeededRandom(seed);
    for (const route of routes) {
      const allowed = new Set(Object.keys(operationOf(route).responses));
      for (const problem of listProblems(route)) assert.ok(allowed.has(String(apiProblems[problem][0])));
      for (let round = 0; round < 12; round += 1) {
        const path = route.path.replaceAll(/\{\w+\}/g, () => pick(texts) || 'none');
        const query = pick([
          '',
          '?limit=0',
          '?limit=5',
          '?cursor=%00',
          '?account_id=%00',
          '?x=1',
          '?limit=1&limit=2',
          '?to=1',
          '?username=grace&client_id=shop&scope=openid+payments.write',
          '?client_id=none',
          '?resource=a&resource=b&username=%00',
          '?since=1d&by=role',
          '?since=9999999999d',
          '?weight=Infinity&policy=member',
          '?month=2026-11',
          '?month=2099-12',
          '?checkpoint=1:0',
          `?checkpoint=1:${'0'.repeat(64)}`,
          '?name=session.ended&since=1h',
        ]);
        const headers: Record<string, string> = {
          authorization: pick([
            `Bearer ${admin.token}`,
            `Bearer ${admin.token}`,
            'Bearer x',
            'Basic eDp4',
            '',
          ]),
          ...pick([{}, { 'if-match': '"1"' }, { 'if-match': 'x' }, { 'idempotency-key': 'short' }]),
          ...pick([{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/json' }]),
        };
        const wild = pick(bodies);
        const body = route.method === 'GET' || wild === 'none' ? undefined : wild;
        const answer = await callApi(server.issuer, route.method, path + query, body, headers);
        const told = `${route.method} ${path}${query} ${body} ${JSON.stringify(headers)}: ${answer.status}, seed ${seed}`;
        // A path that fits no route is answered as no route of its own.
        if (answer.status !== 404) assert.ok(allowed.has(String(answer.status)), told);
        assert.ok(answer.status < 500, told);
        const type = answer.headers.get('content-type') ?? '';
        if (answer.status >= 400) assert.match(type, /^application\/problem\+json/, told);
        assert.equal(answer.headers.get('cache-control'), 'no-store', told);
      }
    }
  });
});
