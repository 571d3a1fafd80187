import assert from 'node:assert/strict';
import type { OutgoingHttpHeaders } from 'node:http';
import { requestOrigin } from '../../src/http/request_origin.ts';
import type { TrustedProxies } from '../../src/http/request_origin.ts';
import { createTestLog, serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

const issuer = 'https://login.example.com';

describe('requestOrigin', () => {
  const open: BareKoa[] = [];
  const { log, lines } = createTestLog();

  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
    lines.length = 0;
  });

  interface Seen {
    state: { requestId: string; address: string };
    href: string;
    secure: boolean;
    ip: string;
    host: string;
  }

  async function start(trustedProxies: TrustedProxies, host?: string): Promise<BareKoa> {
    const app = await serveKoa(
      [
        requestOrigin({ issuer, trustedProxies, log }),
        (ctx) => {
          if (ctx.path === '/fails') throw new Error('no');
          const { href, secure, ip } = ctx;
          ctx.body = { state: ctx.state.origin as unknown, href, secure, ip, host: ctx.host };
        },
      ],
      host,
    );
    open.push(app);
    return app;
  }

  async function see(
    trustedProxies: TrustedProxies,
    headers: OutgoingHttpHeaders,
    host?: string,
  ): Promise<Seen> {
    const app = await start(trustedProxies, host);
    const { status, text } = await app.request('/path?query', { headers });
    assert.equal(status, 200);
    return JSON.parse(text) as Seen;
  }

  const peer = '127.0.0.1';
  const local = ['127.0.0.0/8'];
  const addresses: [proxies: TrustedProxies, forwardedFor: string | string[] | undefined, address: string][] =
    [
      [undefined, undefined, peer],
      [undefined, '203.0.113.9', peer],
      [0, '203.0.113.9', peer],
      [1, undefined, peer],
      [1, '', peer],
      [1, '203.0.113.9', '203.0.113.9'],
      [1, '6.6.6.6, 203.0.113.9', '203.0.113.9'],
      [1, ['6.6.6.6', '203.0.113.9'], '203.0.113.9'],
      [2, '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
      [3, '203.0.113.9, 10.0.0.2', '203.0.113.9'],
      [1, '2001:db8::9', '2001:db8::9'],
      [1, '::ffff:203.0.113.9', '203.0.113.9'],
      [[], '203.0.113.9', peer],
      [['10.0.0.0/8'], '203.0.113.9', peer],
      [local, undefined, peer],
      [local, '203.0.113.9', '203.0.113.9'],
      [local, '6.6.6.6, 203.0.113.9', '203.0.113.9'],
      [local, '203.0.113.9, 10.0.0.2', '10.0.0.2'],
      [[...local, '10.0.0.0/8'], '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
      [['127.0.0.1', '10.0.0.2'], '203.0.113.9, 10.0.0.2', '203.0.113.9'],
      [['127.0.0.1', '10.0.0.2'], '203.0.113.9, 10.0.0.3', '10.0.0.3'],
      [[...local, '10.0.0.0/8'], '203.0.113.9, ::ffff:10.0.0.2', '203.0.113.9'],
      [[...local, '2001:db8:1::/48'], '2001:db8:2::1, 2001:db8:1::1', '2001:db8:2::1'],
      [[...local, '2001:db8:1::1'], '203.0.113.9, 2001:db8:1::1', '203.0.113.9'],
    ];
  for (const [proxies, forwardedFor, address] of addresses) {
    const said =
      forwardedFor === undefined ? 'no X-Forwarded-For' : `X-Forwarded-For ${JSON.stringify(forwardedFor)}`;
    it(`takes ${address} for the caller with ${said}, trusting ${JSON.stringify(proxies) ?? 'nobody'}`, async () => {
      const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
      const { state, ip } = await see(proxies, headers);
      assert.equal(state.address, address);
      assert.equal(ip, address, 'and the library does too');
    });
  }

  for (const hop of ['unknown', '203.0.113.9:4711', '_hidden', '"[2001:db8::9]"', '203.0.113.999']) {
    it(`believes nothing that was said before a hop it cannot read: ${hop}`, async () => {
      const { state } = await see(1, { 'X-Forwarded-For': `6.6.6.6, ${hop}` });
      assert.notEqual(state.address, '6.6.6.6');
    });
  }

  it('shows IPv4 callers of an IPv6 socket without prefix, and trusts their networks', async () => {
    assert.equal((await see(undefined, {}, '::')).state.address, peer);
    const { state } = await see(local, { 'X-Forwarded-For': '203.0.113.9' }, '::');
    assert.equal(state.address, '203.0.113.9');
  });

  const lies: OutgoingHttpHeaders[] = [
    {},
    { Host: 'evil.example' },
    { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http' },
    { Forwarded: 'host=evil.example;proto=http', 'X-Forwarded-Host': 'a, b' },
  ];
  for (const headers of lies) {
    it(`takes host and scheme from the issuer, whatever is said: ${JSON.stringify(headers)}`, async () => {
      const { href, secure, host } = await see(1, headers);
      assert.equal(href, 'https://login.example.com/path?query');
      assert.equal(host, 'login.example.com');
      assert.equal(secure, true);
    });
  }

  const targets: [target: string, href: string][] = [
    ['http://evil.example/path?query', `${issuer}/path?query`],
    ['HTTPS://evil.example:8443/path', `${issuer}/path`],
    ['http://user@evil.example?query', `${issuer}/?query`],
    ['http://evil.example', `${issuer}/`],
    ['/path?to=http://evil.example', `${issuer}/path?to=http://evil.example`],
  ];
  for (const [target, href] of targets) {
    it(`takes them from the issuer for a request of ${target}`, async () => {
      const app = await start(undefined);
      const { text } = await app.request(target);
      assert.equal((JSON.parse(text) as Seen).href, href);
    });
  }

  it('gives each request an id of its own, which the caller does not choose', async () => {
    const app = await start(undefined);
    const headers = { 'X-Request-Id': 'chosen' };
    const answers = [await app.request('/', { headers }), await app.request('/', { headers })];
    const ids = answers.map((answer) => String(answer.headers['x-request-id']));
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    assert.notEqual(ids[0], ids[1]);
    assert.equal((JSON.parse(answers[0]?.text ?? '') as Seen).state.requestId, ids[0]);
  });

  describe('logs one line', () => {
    const paths: [path: string, logged: string][] = [
      ['/token', '/token'],
      ['/interaction/secret-id', '/interaction/:uid'],
      ['/interaction/secret-id/consent', '/interaction/:uid/consent'],
      ['/auth/secret-id', '/auth/:uid'],
      ['/auth?code_challenge=x&state=secret-state', '/auth'],
      [`/${'a'.repeat(500)}`, `/${'a'.repeat(199)}`],
    ];
    for (const [path, logged] of paths) {
      it(`for ${path.slice(0, 50)}, without identifiers, query or caller's headers`, async () => {
        const app = await start(undefined);
        const headers = { Authorization: 'Basic secret', Cookie: 'secret=secret' };
        const answer = await app.request(path, { headers });
        assert.equal(lines.length, 1);
        const { requestId, method, status, ms } = lines[0] ?? {};
        assert.deepEqual(
          { requestId, method, status },
          { requestId: answer.headers['x-request-id'], method: 'GET', status: 200 },
        );
        assert.equal(lines[0]?.path, logged);
        assert.ok(Number.isInteger(ms));
        assert.doesNotMatch(JSON.stringify(lines), /secret/);
      });
    }

    it('for a request that fails', async () => {
      const app = await start(undefined);
      assert.equal((await app.request('/fails')).status, 500);
      assert.equal(lines.length, 1);
    });
  });
});
