import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { ada, api, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';

describe('a sign-in and its refreshes', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());

  it('gives an access token with the lifetime of the role, and both deadlines', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { resource: api, scope: 'openid profile reports.read' });
    assert.equal(tokens.expires_in, 600);
    assert.equal(tokens.refresh_token_timeout, 1800);
    assert.equal(tokens.authorization_expires_in, 43_200);
    const claims = decodeJwt(tokens.access_token);
    assert.equal(decodeProtectedHeader(tokens.access_token).typ, 'at+jwt');
    assert.equal(claims.aud, api);
    assert.deepEqual(claims.roles, ['member']);
    assert.equal(claims.scope, 'reports.read');
    const again = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(again.expires_in, 600);
    assert.equal(again.refresh_token_timeout, 1800);
    assert.notEqual(again.refresh_token, tokens.refresh_token);
  });
});
