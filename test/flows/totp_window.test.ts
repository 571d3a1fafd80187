import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { fixedFacts } from '../../src/cli/fixed_facts.ts';
import { authorizationUrl } from '../support/attacked_server.ts';
import { exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { totpCode } from '../support/totp.ts';

const mfa = { acr_values: 'urn:curfew:acr:mfa', max_age: '60' };

describe('a server that takes a code in its own time step alone', () => {
  let server: TestServer;
  let party: RelyingParty;
  const person = { ...grace, authenticator: { secret: '', recoveryCodes: [] as string[] } };

  before(async () => {
    server = await startTestServer(exampleConfiguration(), { totpPastSteps: 0 });
    await server.clock.stop();
    party = await createRelyingParty(server.issuer, shop);
    await party.signIn(person, { acr_values: 'urn:curfew:acr:mfa' });
  });
  after(() => server.stop());
  beforeEach(() => server.clock.advance(120));

  it('refuses the one before', async () => {
    const late = totpCode(person.authenticator.secret, Date.now(), -1);
    const page = await party.browser.open(authorizationUrl(server.issuer, mfa));
    const refused = await party.browser.submit(page, /totp$/, { code: late });
    assert.equal(refused.response.status, 422);
    const right = totpCode(person.authenticator.secret, Date.now());
    assert.equal((await party.browser.submit(refused, /totp$/, { code: right })).url.pathname, '/callback');
  });

  it('takes the one of now', async () => {
    const { id_token: idToken } = await party.signIn(person, mfa);
    assert.equal(decodeJwt(idToken ?? '').acr, 'urn:curfew:acr:mfa');
  });

  it('tells the compliance report for how long a code is taken', () => {
    assert.equal(fixedFacts({ totpPastSteps: 0 }).totpLifetime, 30);
    assert.equal(fixedFacts({}).totpLifetime, 60);
  });
});
