import assert from 'node:assert/strict';
import { listForms, listPages, listTokenRoutes } from '../support/addresses.ts';
import type { Address } from '../support/addresses.ts';
import { attackedConfiguration, authorizationUrl } from '../support/attacked_server.ts';
import { findForm } from '../support/browser.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { rawRequest } from '../support/raw_request.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const evil = 'evil.example';

/** Ways in which a request can name a host, and some that proxies and frameworks believe. */
const ways: [what: string, headers: string[]][] = [
  ['Host', [`Host: ${evil}`]],
  ['Host with a port', [`Host: ${evil}:443`]],
  ['Host with the right one as user', [`Host: localhost@${evil}`]],
  ['X-Forwarded-Host', ['Host: localhost', `X-Forwarded-Host: ${evil}`]],
  [
    'X-Forwarded-Host and -Proto',
    ['Host: localhost', `X-Forwarded-Host: ${evil}`, 'X-Forwarded-Proto: https'],
  ],
  ['Forwarded', ['Host: localhost', `Forwarded: host=${evil};proto=https;for=${evil}`]],
  ['X-Host', ['Host: localhost', `X-Host: ${evil}`, `X-Forwarded-Server: ${evil}`]],
  ['X-Original-URL', ['Host: localhost', `X-Original-URL: https://${evil}/x`, `X-Rewrite-URL: //${evil}/x`]],
  ['X-Original-Host', ['Host: localhost', `X-Original-Host: ${evil}`, `X-HTTP-Host-Override: ${evil}`]],
  ['X-Forwarded-Prefix', ['Host: localhost', `X-Forwarded-Prefix: //${evil}`, `X-Forwarded-Port: 1`]],
  ['Referer', ['Host: localhost', `Referer: https://${evil}/`]],
];

describe('host-header attacks', () => {
  let server: TestServer;
  let mails: MailServer;

  before(async () => {
    mails = await startMailServer();
    const mail = { smtpUrl: mails.url, from: 'login@example.com' };
    server = await startTestServer(attackedConfiguration(), { mail });
  });
  after(async () => {
    await server.stop();
    await mails.close();
  });

  function listAddresses(): Address[] {
    const authorize = authorizationUrl('', { prompt: 'none' });
    const ofLibrary = [
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/jwks',
    ];
    const ofSsf = ['/.well-known/ssf-configuration', '/ssf/jwks', '/admin/v1/openapi.json', '/no/such/page'];
    const looks = [...listPages(), ...ofLibrary, ...ofSsf, authorize, '/auth?client_id=none'];
    const forms = listForms().map((form) => ({ method: 'POST', path: form.replace(':uid', 'x') }));
    return [...looks.map((path) => ({ method: 'GET', path })), ...forms, ...listTokenRoutes()];
  }

  for (const [what, headers] of ways) {
    it(`name no host of ours by ${what}`, async () => {
      for (const { method, path } of listAddresses()) {
        const line = `${method} ${path} HTTP/1.1`;
        for (const accept of ['text/html', 'application/json']) {
          const { status, head, body } = await rawRequest(server.issuer, line, [
            ...headers,
            `Accept: ${accept}`,
          ]);
          assert.ok(status >= 200 && status < 500, `${line}: ${status}`);
          assert.ok(!(head + body).includes(evil), `${line} answers with it: ${head}`);
        }
      }
    });
  }

  it('name none by the address of the request itself', async () => {
    for (const target of [
      `http://${evil}/account`,
      `http://${evil}/.well-known/openid-configuration`,
      `//${evil}/account`,
    ]) {
      const { status, head, body } = await rawRequest(server.issuer, `GET ${target} HTTP/1.1`, [
        `Host: ${evil}`,
      ]);
      assert.ok(status < 500, `${target}: ${status}`);
      assert.ok(!(head + body).includes(evil), `${target}: ${head}`);
    }
  });

  it('change nothing in discovery: every address there is the issuer’s', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/ssf-configuration']) {
      const plain = await fetch(server.issuer + path);
      const { body } = await rawRequest(server.issuer, `GET ${path} HTTP/1.1`, [`Host: ${evil}`]);
      const expected = await plain.text();
      assert.ok(body.includes(expected), path);
      for (const [address = ''] of expected.matchAll(/https?:\/\/[^"]*/g))
        assert.ok(address.startsWith(server.issuer), address);
    }
  });

  it('lead nobody to the sign-in of another host', async () => {
    const { status, head } = await rawRequest(server.issuer, 'GET /account HTTP/1.1', [`Host: ${evil}`]);
    assert.equal(status, 303);
    const location = new URL(/^location: (.*)$/im.exec(head)?.[1] ?? '', server.issuer);
    assert.equal(location.origin, server.issuer);
    assert.equal(location.searchParams.get('redirect_uri'), `${server.issuer}/account`);
  });

  it('put no host into the link that is mailed to whoever forgot a password', async () => {
    for (const [what, headers] of ways) {
      const page = await rawRequest(server.issuer, 'GET /forgotten-password HTTP/1.1', headers);
      const cookies = [...page.head.matchAll(/^set-cookie: ([^;]+)/gim)].map(([, pair]) => pair).join('; ');
      const { hidden } = findForm(page.body, /forgotten-password$/);
      const form = new URLSearchParams({ ...hidden, username: 'ada' }).toString();
      const type = 'Content-Type: application/x-www-form-urlencoded';
      const line = 'POST /forgotten-password HTTP/1.1';
      const { status } = await rawRequest(
        server.issuer,
        line,
        [...headers, type, `Cookie: ${cookies}`],
        form,
      );
      assert.equal(status, 303, what);
    }
    await mails.waitFor(ways.length);
    for (const { text } of mails.received) {
      const readable = text.replaceAll('=\r\n', '').replaceAll('=3D', '=');
      assert.ok(readable.includes(`${server.issuer}/set-password?token=`));
      assert.ok(!readable.includes(evil));
    }
  });
});
