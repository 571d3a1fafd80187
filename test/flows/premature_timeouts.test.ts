import assert from 'node:assert/strict';
import { reportTimeouts } from '../../src/reports/report_timeouts.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('a limit that comes too early', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    await server.clock.stop();
  });
  after(() => server.stop());

  it('shows in the report once its user is back, with policy, version and what would have been enough', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { scope: 'openid offline_access', prompt: 'consent' });
    await server.clock.advance(1800 + 60);
    await assertRefused(party, tokens, 'idle_timeout');
    await (await createRelyingParty(server.issuer, shop)).signIn(ada);

    const { rows } = await reportTimeouts(server.database, { since: 86_400, within: 900, by: 'role' });
    assert.deepEqual(
      rows.map(({ share: _share, low: _low, high: _high, ...row }) => ({
        ...row,
        needed: Math.round(row.needed ?? 0),
      })),
      [
        {
          reason: 'idle_timeout',
          policy: 'member',
          policyVersion: 1,
          limit: 1800,
          key: 'member',
          ends: 1,
          premature: 1,
          needed: 1860,
        },
      ],
    );
  });
});
