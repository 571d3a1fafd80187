import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { verifyTrail } from '../../src/events/verify_trail.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { findFreePort } from '../support/ports.ts';
import { startInstance, startTestServer, testSecret } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('the trail of a running server', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());

  const verify = () => verifyTrail(server.database, createSecretsAtRest([testSecret]));
  const allSealed = async () => {
    const { unsealed, events } = await verify();
    return unsealed.count === 0 && events > 0;
  };

  it('is sealed by itself, by two instances, while tokens are refreshed and time is moved', async () => {
    const { database, issuer } = server;
    const other = await startInstance({ database, issuer, port: await findFreePort() });
    const party = await createRelyingParty(issuer, shop);
    let tokens = await party.signIn(ada);
    for (const seconds of [1, 600, 900]) {
      await server.clock.advance(seconds);
      tokens = await party.refresh(tokens.refresh_token ?? '');
    }
    await waitUntil(allSealed, 'not everything is sealed');
    await other.app.close(1000);
    const { faults, events } = await verify();
    assert.deepEqual(faults, []);
    assert.ok(events > 5);
    const failed = [...server.logged, ...other.logged].filter(({ msg }) => msg === 'job failed');
    assert.deepEqual(failed, []);
  });
});
