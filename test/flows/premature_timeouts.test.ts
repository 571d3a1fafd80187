import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { rollUpUsage } from '../../src/jobs/roll_up_usage.ts';
import { reportTimeouts } from '../../src/reports/report_timeouts.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { waitUntil } from '../support/process_wait.ts';
import { startTestServer, testSecret } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('a limit that comes too early', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    await server.clock.stop();
  });
  after(() => server.stop());

  it('shows in the report once its user is back, with policy, version and role', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { scope: 'openid offline_access', prompt: 'consent' });
    await server.clock.advance(1800 + 60);
    await assertRefused(party, tokens, 'idle_timeout');
    await (await createRelyingParty(server.issuer, shop)).signIn(ada);

    const question = { since: 86_400, within: 900, by: 'role' } as const;
    let { rows } = await reportTimeouts(server.database, question);
    // The server's own jobs may be at it: each event is sealed and followed once, by whoever comes first.
    const seal = createSealer(server.database, createSecretsAtRest([testSecret]));
    await waitUntil(async () => {
      await seal();
      await rollUpUsage(server.database);
      ({ rows } = await reportTimeouts(server.database, question));
      return rows.some(({ premature }) => premature > 0);
    }, 'nobody is back in the roll-ups');
    assert.deepEqual(
      rows
        .filter(({ of }) => of === 'family')
        .map(({ share: _share, low: _low, high: _high, ...row }) => row),
      [
        {
          of: 'family',
          field: 'refresh_idle',
          reason: 'idle_timeout',
          policy: 'member',
          policyVersion: 1,
          limit: 1800,
          key: 'member',
          ends: 1,
          premature: 1,
          background: 1,
          stepUp: 0,
          workflow: 0,
        },
      ],
    );
  });
});
