import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { App } from '../../src/app.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import type { EmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import { prepareDatabase, serverRole } from '../../src/dev/prepare_database.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { findFreePort } from '../support/ports.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startInstance, startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('a database that is down', () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let database: Database;
  let issuer: string;
  let app: App;
  let logged: Record<string, unknown>[];

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-outage-'));
    postgres = await startEmbeddedPostgres({ dataDirectory: directory, durable: false });
    await prepareDatabase(postgres, 'curfew');
    const url = postgres.connectionUrl(serverRole, 'curfew');
    database = openDatabase({ url, size: 5, prepared: true, onError: () => undefined });
    await database.transaction((tx) => applyConfiguration(tx, exampleConfiguration(), { origin: {} }));
    const port = await findFreePort();
    issuer = `http://localhost:${port}`;
    ({ app, logged } = await startInstance({ database, issuer, port }));
  });
  after(async () => {
    await app.close(500);
    await database.end();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('gives 503 everywhere, never a wrong credential, and loses nothing', async () => {
    const party = await createRelyingParty(issuer, shop);
    const tokens = await party.signIn(ada);
    const browser = createFormBrowser(issuer);
    const query = new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:9/callback',
      scope: 'openid',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    });
    const signInForm = await browser.open(`${issuer}/auth?${query.toString()}`);
    await postgres.stop();

    const refused = await party.token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    });
    assert.equal(refused.status, 503);
    assert.equal(refused.body.error, 'temporarily_unavailable');
    assert.ok(refused.headers.get('retry-after'));
    assert.ok(logged.some((line) => line.requestId === refused.body.request_id && line.level === 50));

    const signIn = await browser.submit(signInForm, /sign-in$/, ada);
    assert.equal(signIn.response.status, 503);
    assert.ok(!/not right|password/i.test(signIn.text));
    assert.ok(!/ECONN|ENOENT|postgres|\.ts/.test(signIn.text), 'nothing of the cause outside');
    assert.equal((await browser.open(`${issuer}/auth?${query.toString()}`)).response.status, 503);
    assert.equal(
      (await party.browser.open(`${issuer}/auth?${query.toString()}&prompt=none`)).response.status,
      503,
    );
    assert.equal((await fetch(`${issuer}/healthz`)).status, 200);
    const ready = await fetch(`${issuer}/readyz`);
    assert.deepEqual(
      [ready.status, await ready.json()],
      [503, { status: 'not ready', reasons: ['database'] }],
    );

    postgres = await startEmbeddedPostgres({ dataDirectory: directory, durable: false });
    const again = await party.refresh(tokens.refresh_token ?? '');
    assert.ok(again.refresh_token, 'the old token works on');
    assert.equal((await fetch(`${issuer}/readyz`)).status, 200);
    const done = await browser.submit(signInForm, /sign-in$/, ada);
    assert.equal(done.response.status, 303);
  });
});

describe('an instance whose clock is off', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());

  it('is not ready and decides nothing, and says that it lives', async () => {
    await server.database.query({ name: 'test_shift', text: `update test_clock set shift = '1 hour'` });
    const port = await findFreePort();
    const issuer = `http://localhost:${port}`;
    const { app } = await startInstance({ database: server.database, issuer, port });
    try {
      const ready = await fetch(`${issuer}/readyz`);
      assert.deepEqual(
        [ready.status, await ready.json()],
        [503, { status: 'not ready', reasons: ['clock'] }],
      );
      assert.equal((await fetch(`${issuer}/token`, { method: 'POST' })).status, 503);
      assert.equal((await fetch(`${issuer}/healthz`)).status, 200);
    } finally {
      await app.close(500);
    }
  });
});
