import assert from 'node:assert/strict';
import { attackedConfiguration, authorizationUrl, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import { dumpRows } from '../support/dump_rows.ts';
import { ada, client, grace, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { findSecrets } from '../support/find_secrets.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';

/** An app says whom it expects by an ID token that it has of them. */
describe('a request with an id_token_hint', () => {
  let server: TestServer;
  let hint: string;

  before(async () => {
    server = await startAttackedServer(withDevicesAtShop());
    const party = await createRelyingParty(server.issuer, shop);
    hint = (await party.signIn(ada)).id_token ?? '';
  });
  after(() => server.stop());

  /** Each ID token is a hint of its own client alone. */
  function withDevicesAtShop(): ExampleConfiguration {
    const wanted = attackedConfiguration();
    const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
    const metadata = { grant_types: ['authorization_code', 'refresh_token', deviceGrant] };
    return {
      ...wanted,
      clients: new Map([...wanted.clients, ['shop', client('shop', { ...shop, metadata })]]),
    };
  }

  const post = async (path: string, body: Record<string, string>, secret?: string) => {
    const basic = Buffer.from(`${body.client_id}:${secret}`).toString('base64');
    const headers: Record<string, string> = secret ? { authorization: `Basic ${basic}` } : {};
    const answer = await fetch(server.issuer + path, {
      method: 'POST',
      body: new URLSearchParams(body),
      headers,
    });
    return (await answer.json()) as Record<string, string>;
  };
  const signIn = async (url: string, person: typeof ada) => {
    const browser = createFormBrowser(server.issuer);
    return await browser.submit(await browser.open(url), /sign-in$/, person);
  };

  it('leaves no ID token in the database, whichever way it came', async () => {
    await createFormBrowser(server.issuer).open(authorizationUrl(server.issuer, { id_token_hint: hint }));
    const [, query = ''] = authorizationUrl(server.issuer, { id_token_hint: hint }).split('?');
    const pushed = await post('/request', Object.fromEntries(new URLSearchParams(query)), shop.secret);
    assert.ok(pushed.request_uri);
    const device = await post(
      '/device/auth',
      { client_id: 'shop', scope: 'openid', id_token_hint: hint },
      shop.secret,
    );
    assert.ok(device.device_code);
    const models = await sql<{ model: string }>(
      server.database,
      `select model from artifacts where model in ('Interaction', 'PushedAuthorizationRequest', 'DeviceCode')`,
    );
    assert.deepEqual(models.map(({ model }) => model).toSorted(), [
      'DeviceCode',
      'Interaction',
      'PushedAuthorizationRequest',
    ]);
    const secrets = [{ kind: 'ID token', secret: hint, seenAt: 0 }];
    const rows = await dumpRows(server.test.ownerUrl);
    assert.deepEqual(findSecrets(rows, secrets), []);
  });

  for (const way of ['at once', 'pushed']) {
    it(`goes on with who is meant, and with nobody else: ${way}`, async () => {
      const url = async () => {
        const direct = authorizationUrl(server.issuer, { id_token_hint: hint });
        if (way === 'at once') return direct;
        const body = Object.fromEntries(new URL(direct).searchParams);
        const { request_uri = '' } = await post('/request', body, shop.secret);
        const query = new URLSearchParams({ client_id: 'shop', request_uri });
        return `${server.issuer}/auth?${query.toString()}`;
      };
      const meant = await signIn(await url(), ada);
      assert.equal(meant.url.origin + meant.url.pathname, redirectUri);
      assert.ok(meant.url.searchParams.has('code'));
      const another = await signIn(await url(), grace);
      assert.equal(another.url.searchParams.get('code'), null);
      assert.match(another.text, /action="[^"]*\/sign-in"/, 'is asked to sign in again');
      assert.match(another.text, /The app asks for another account/);
    });
  }
});
