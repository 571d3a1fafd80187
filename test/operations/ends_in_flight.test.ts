import assert from 'node:assert/strict';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { disableAccount } from '../../src/operations/disable_account.ts';
import { disableClient, enableClient } from '../../src/operations/disable_client.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { LoadedConfiguration } from '../../src/store/configuration.ts';
import type { Queryable } from '../../src/store/database.ts';
import type { Person } from '../support/browser.ts';
import {
  ada,
  api,
  exampleConfiguration,
  grace,
  joan,
  nobody,
  portal,
  shop,
} from '../support/example_configuration.ts';
import { waitForWaitingCommit } from '../support/lock_wait.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { PendingCode, RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, waitForLockWaiters } from '../support/sql.ts';

/** A code that has been issued, and whose family is not there yet to be ended. */
describe('an end of all access while a code is exchanged', () => {
  let server: TestServer;
  let configuration: LoadedConfiguration;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    configuration = await loadConfiguration(server.database);
  });
  after(() => server.stop());

  const exchange = (party: RelyingParty, { url, verifier }: PendingCode) =>
    party.token({
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });

  const bound = { scope: 'openid reports.read', resource: api };
  const offline = { scope: 'openid offline_access reports.read', prompt: 'consent', resource: api };
  type End = (tx: Queryable, accountId: string) => Promise<unknown>;
  const disable: End = (tx, accountId) => disableAccount(tx, configuration, accountId, {});
  const signOutEverywhere: End = (tx, accountId) =>
    endAccountAccess(tx, configuration, accountId, 'signed_out', {});

  const cases: [what: string, person: Person, parameters: Record<string, string>, end: End, code: string][] =
    [
      ['disabling, for a bound family', ada, bound, disable, 'account_disabled'],
      ['disabling, for an offline family', grace, offline, disable, 'account_disabled'],
      ['signing out everywhere, for a bound family', joan, bound, signOutEverywhere, 'unknown_token'],
      ['signing out everywhere, for an offline family', nobody, offline, signOutEverywhere, 'unknown_token'],
    ];
  for (const [what, person, parameters, end, code] of cases) {
    it(`misses none: ${what}`, async () => {
      const party = await createRelyingParty(server.issuer, shop);
      const pending = await party.authorize(person, parameters);
      const account = await findAccountByUsername(server.database, person.username);
      let waiting: ReturnType<typeof exchange> | undefined;
      await server.database.transaction(async (tx) => {
        await end(tx, account?.account.accountId ?? '');
        waiting = exchange(party, pending);
        await waitForWaitingCommit(server.database);
      });
      const answer = await waiting;
      assert.equal(answer?.body.error, 'invalid_grant');
      assert.match(String(answer.body.error_description), new RegExp(`^${code}: `));
      assert.deepEqual(await sql(server.database, 'select from families where ended_at is null'), []);
    });
  }

  const { clients } = exampleConfiguration();
  const clientEnds: [what: string, end: (tx: Queryable) => Promise<unknown>, code: string][] = [
    ['disabling its client', (tx) => disableClient(tx, 'portal', {}), 'client_disabled'],
    [
      'removing its client',
      (tx) => {
        const others = new Map([...clients].filter(([clientId]) => clientId !== 'portal'));
        return applyConfiguration(tx, { clients: others }, { origin: {} });
      },
      'unknown_token',
    ],
  ];
  for (const [what, end, code] of clientEnds) {
    describe(`by ${what}`, () => {
      afterEach(async () => {
        await server.apply({ clients });
        await server.database.transaction((tx) => enableClient(tx, 'portal', {}));
        // An instance reads a new version within a second by itself, and at once where the admin API is asked.
        await fetch(`${server.issuer}/admin/v1/keys`);
      });

      it('misses none that waits for it', async () => {
        const party = await createRelyingParty(server.issuer, portal);
        const pending = await party.authorize(joan, bound);
        let waiting: ReturnType<typeof exchange> | undefined;
        await server.database.transaction(async (tx) => {
          await end(tx);
          waiting = exchange(party, pending);
          await waitForWaitingCommit(server.database);
        });
        const answer = await waiting;
        assert.match(String(answer?.body.error_description), new RegExp(`^${code}: `));
        assert.deepEqual(await sql(server.database, 'select from families where ended_at is null'), []);
      });

      it('misses none that it has to wait for', async () => {
        const party = await createRelyingParty(server.issuer, portal);
        const pending = await party.authorize(joan, bound);
        let exchanged: ReturnType<typeof exchange> | undefined;
        let ended: Promise<unknown> | undefined;
        await server.database.transaction(async (tx) => {
          // What an exchange locks before anything else, and then waits for the account.
          await sql(tx, `select from accounts where username = 'joan' for update`);
          exchanged = exchange(party, pending);
          await waitForLockWaiters(server.database, 1);
          ended = server.database.transaction(end);
          await waitForLockWaiters(server.database, 2);
        });
        assert.equal((await exchanged)?.status, 200);
        await ended;
        const left = await sql(server.database, 'select from families where ended_at is null');
        assert.deepEqual(left, [], 'it ended what the exchange had just made');
      });
    });
  }
});
