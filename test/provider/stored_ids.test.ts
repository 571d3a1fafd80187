import assert from 'node:assert/strict';
import { ada, api, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { snapshot } from '../support/sql.ts';

/** Everything that is worth something to whoever holds it, from one sign-in to a refresh. */
describe('a database and a log, read by a stranger,', () => {
  let server: TestServer;
  let stored: string;
  let logged: string;
  const secrets = new Map<string, string>();

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    const party = await createRelyingParty(server.issuer, shop);
    secrets.set('the id of an interaction', await startInteraction());
    const pending = await party.authorize(ada, {
      scope: 'openid offline_access',
      prompt: 'consent',
      resource: api,
    });
    secrets.set('an authorization code', pending.url.searchParams.get('code') ?? '');
    secrets.set("a session's cookie", party.browser.cookie('curfew_session') ?? '');
    const first = await party.exchange(pending);
    const second = await party.refresh(first.refresh_token ?? '', { scope: 'openid' });
    secrets.set('an access token', first.access_token);
    secrets.set('an opaque access token', second.access_token);
    secrets.set('an ID token', first.id_token ?? '');
    secrets.set('a rotated refresh token', first.refresh_token ?? '');
    secrets.set('a refresh token', second.refresh_token ?? '');
    secrets.set('a password', ada.password);
    secrets.set("a client's secret", shop.secret);
    stored = JSON.stringify(await snapshot(server.database));
    logged = JSON.stringify(server.logged);
  });
  after(() => server.stop());

  /** A request that waits on the sign-in page. */
  async function startInteraction(): Promise<string> {
    const parameters = {
      client_id: shop.clientId,
      redirect_uri: 'http://127.0.0.1:9/callback',
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    };
    const url = `${server.issuer}/auth?${new URLSearchParams(parameters).toString()}`;
    const { headers } = await fetch(url, { redirect: 'manual' });
    return (headers.get('location') ?? '').replace('/interaction/', '');
  }

  const names = [
    'the id of an interaction',
    "a session's cookie",
    'an authorization code',
    'an access token',
    'an opaque access token',
    'an ID token',
    'a rotated refresh token',
    'a refresh token',
    'a password',
    "a client's secret",
  ];
  for (const name of names) {
    it(`gives away nothing of ${name}`, () => {
      const secret = secrets.get(name) ?? '';
      assert.ok(secret.length >= 20, secret);
      assert.ok(!stored.includes(secret), 'stored');
      assert.ok(!logged.includes(secret), 'logged');
    });
  }
});
