import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { App } from '../../src/app.ts';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { verifyTrail } from '../../src/events/verify_trail.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { reencryptAtRest } from '../../src/operations/reencrypt_at_rest.ts';
import type { Person } from '../support/browser.ts';
import { createMovableClock } from '../support/clock.ts';
import type { MovableClock } from '../support/clock.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { findFreePort } from '../support/ports.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startInstance } from '../support/server.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

function configuration(): ExampleConfiguration {
  const example = exampleConfiguration();
  const limits = { ...example.policies.get('admin')?.limits, mfa: 'always' as const, mfa_max_age: 900 };
  return { ...example, policies: new Map([...example.policies, ['admin', { limits, baselines: [] }]]) };
}

describe('a new CURFEW_SECRET', function () {
  this.timeout(60_000);
  let test: TestDatabase;
  let clock: MovableClock;
  let issuer: string;
  let port: number;
  const [oldSecret, newSecret] = [randomBytes(32), randomBytes(32)];
  const running = new Set<App>();

  before(async () => {
    test = await createTestDatabase();
    clock = createMovableClock(test.database);
    await test.database.transaction((tx) =>
      applyConfiguration(tx, configuration(), { origin: { actor: 'test' } }),
    );
    port = await findFreePort();
    issuer = `http://localhost:${port}`;
  });
  after(async () => {
    await clock.reset();
    for (const app of running) await app.close(1000);
    await test.drop();
  });

  /** An instance at the issuer's own port or another one; returns how to close it. */
  const start = async (at: number, secrets: readonly Buffer[]) => {
    const { app } = await startInstance({ database: test.database, issuer, port: at, secrets });
    running.add(app);
    return async () => {
      running.delete(app);
      await app.close(1000);
    };
  };
  const refreshAt = async (origin: string, token: string) => {
    const answer = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${shop.clientId}:${shop.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };

  it('takes the place of the old one while two instances run: authenticators, browsers, refreshes, keys and trail go on', async () => {
    const closeOld = await start(port, [oldSecret]);
    const person: Person & { authenticator: { secret: string; recoveryCodes: string[] } } = {
      ...grace,
      authenticator: { secret: '', recoveryCodes: [] },
    };
    const party = await createRelyingParty(issuer, shop);
    const tokens = await party.signIn(person, offline);
    assert.notEqual(person.authenticator.secret, '');
    const before = await fetch(`${issuer}/jwks`).then((answer) => answer.json());
    await closeOld();

    // Both secrets, the new one first.
    const other = await findFreePort();
    const closeBoth = await Promise.all([port, other].map((at) => start(at, [newSecret, oldSecret])));
    const origins = [issuer, `http://localhost:${other}`];
    // A browser that comes back meanwhile: its cookie is signed anew.
    assert.equal((await party.browser.open('/account/sessions')).url.pathname, '/account/sessions');

    let token = tokens.refresh_token ?? '';
    const stopping = new AbortController();
    const load = (async () => {
      let refreshes = 0;
      for (; !stopping.signal.aborted; refreshes += 1) {
        const { status, body } = await refreshAt(origins[refreshes % 2] ?? '', token);
        assert.equal(status, 200, JSON.stringify(body));
        // The answer was lost, and is asked for again: what was sealed for that opens too.
        const retried = await refreshAt(origins[(refreshes + 1) % 2] ?? '', token);
        assert.equal(retried.body.refresh_token, body.refresh_token, JSON.stringify(retried.body));
        token = body.refresh_token ?? '';
      }
      return refreshes;
    })();
    const both = createSecretsAtRest([newSecret, oldSecret]);
    const columns = await reencryptAtRest(test.database, both, { batch: 1 }, { actor: 'test' });
    stopping.abort();
    assert.ok((await load) > 0);
    const counts = new Map(columns.map(({ name, reencrypted }) => [name, reencrypted]));
    assert.equal(counts.get('totp_factors.secret_sealed'), 1);
    assert.equal(counts.get('signing_keys.private_sealed'), 6);
    for (const { unreadable, left } of columns) assert.deepEqual([unreadable, left], [0, 0]);
    for (const close of closeBoth) await close();

    // The old one is dropped.
    await start(port, [newSecret]);
    assert.equal((await refreshAt(issuer, token)).status, 200);
    assert.deepEqual(await fetch(`${issuer}/jwks`).then((answer) => answer.json()), before);
    assert.equal((await party.browser.open('/account/sessions')).url.pathname, '/account/sessions');
    await clock.advance(60);
    assert.ok((await (await createRelyingParty(issuer, shop)).signIn(person, offline)).refresh_token);
    const secrets = createSecretsAtRest([newSecret]);
    await createSealer(test.database, secrets)();
    const { faults, seals } = await verifyTrail(test.database, secrets);
    assert.deepEqual([faults, seals > 0], [[], true]);
  });
});
