import assert from 'node:assert/strict';
import { disableAccount } from '../../src/operations/disable_account.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { LoadedConfiguration } from '../../src/store/configuration.ts';
import type { Queryable } from '../../src/store/database.ts';
import { ada, api, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { PendingCode, RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne, waitForLockWaiters } from '../support/sql.ts';

/** A code that has been issued, and whose family is not there yet to be ended. */
describe('an end of all access while a code is exchanged', () => {
  let server: TestServer;
  let party: RelyingParty;
  let configuration: LoadedConfiguration;
  let accountId: string;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
    party = await createRelyingParty(server.issuer, shop);
    configuration = await loadConfiguration(server.database);
    const row = await sqlOne<{ id: string }>(
      server.database,
      `select account_id as id from accounts where username = 'ada'`,
    );
    accountId = row.id;
  });
  afterEach(() => server.stop());

  const exchange = ({ url, verifier }: PendingCode) =>
    party.token({
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: 'http://127.0.0.1:9/callback',
      code_verifier: verifier,
    });

  const bound = { scope: 'openid reports.read', resource: api };
  const offline = { scope: 'openid offline_access reports.read', prompt: 'consent', resource: api };
  type End = (tx: Queryable) => Promise<unknown>;
  const disable: End = (tx) => disableAccount(tx, configuration, accountId, {});
  const signOutEverywhere: End = (tx) =>
    endAccountAccess(tx, configuration, accountId, 'signed_out', {});

  const cases: [what: string, parameters: Record<string, string>, end: End, description: RegExp][] = [
    ['disabling, for a bound family', bound, disable, /^account_disabled: /],
    ['disabling, for an offline family', offline, disable, /^account_disabled: /],
    ['signing out everywhere, for a bound family', bound, signOutEverywhere, /^signed_out_everywhere: /],
    ['signing out everywhere, for an offline family', offline, signOutEverywhere, /./],
  ];
  for (const [what, parameters, end, description] of cases) {
    it(`misses none: ${what}`, async () => {
      const pending = await party.authorize(ada, parameters);
      let waiting: ReturnType<typeof exchange> | undefined;
      await server.database.transaction(async (tx) => {
        await end(tx);
        waiting = exchange(pending);
        await waitForLockWaiters(server.database, 1);
      });
      const answer = await waiting;
      assert.equal(answer?.body.error, 'invalid_grant', JSON.stringify(Object.keys(answer?.body ?? {})));
      assert.match(String(answer.body.error_description), description);
      assert.deepEqual(await sql(server.database, 'select from families where ended_at is null'), []);
    });
  }
});
