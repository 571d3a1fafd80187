import assert from 'node:assert/strict';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('another spelling of a path', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());

  const paths = [
    '/token',
    '/token/introspection',
    '/token/revocation',
    '/device',
    '/device/auth',
    '/request',
  ];
  const pages = [
    '/session/end/confirm',
    '/interaction/x/sign-in',
    '/interaction/x/totp',
    '/interaction/x/enrol',
  ];
  const spellings = [
    (path: string) => `${path}/`,
    (path: string) => path.toUpperCase(),
    (path: string) => path.replace(/[a-z](?=[^a-z]|$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    (path: string) => path.replace(/.$/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    (path: string) => `/${path}`,
  ];
  for (const path of [...paths, ...pages]) {
    for (const spelling of spellings.map((spell) => spell(path))) {
      it(`leads nowhere: POST ${spelling}`, async () => {
        const response = await fetch(`${server.issuer}${spelling}`, {
          method: 'POST',
          body: new URLSearchParams(),
        });
        assert.equal(response.status, 404);
      });
    }
  }

  it('is no way past the gate', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    const body = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    const authorization = `Basic ${btoa(`${shop.clientId}:${shop.secret}`)}`;
    for (const path of ['/token/', '/TOKEN', '/Token', '/tok%65n']) {
      const response = await fetch(`${server.issuer}${path}`, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams(body),
      });
      assert.equal(response.status, 404, path);
    }
    await server.clock.advance(1800);
    await assertRefused(party, tokens, 'idle_timeout');
  });
});
