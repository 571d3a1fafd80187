import assert from 'node:assert/strict';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { assertPgBouncerIsInstalled, startPgBouncer } from '../support/pgbouncer.ts';
import type { PgBouncer } from '../support/pgbouncer.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { prepareInstances } from '../support/process_instances.ts';
import type { Instance, Instances } from '../support/process_instances.ts';
import {
  assertLiveTokens,
  openFamilies,
  refreshSideBySide,
  refreshTogether,
} from '../support/process_refreshes.ts';

/** Fewer than the servers have to it, so that they must share. */
const serverConnections = 6;

describe('three servers behind PgBouncer in transaction mode', () => {
  let test: TestDatabase;
  let pgbouncer: PgBouncer;
  let instances: Instances;
  let running: Instance[];

  before(async () => {
    assertPgBouncerIsInstalled();
    test = await createTestDatabase();
    pgbouncer = await startPgBouncer(test.serverUrl, serverConnections);
    instances = await prepareInstances(pgbouncer.url);
    const env = { CURFEW_DATABASE_PREPARED: 'off', CURFEW_MIGRATE_DATABASE_URL: test.ownerUrl };
    running = await Promise.all([instances.start(env), instances.start(env), instances.start(env)]);
  });
  after(async () => {
    await endProcesses();
    await instances.remove();
    await pgbouncer.remove();
    await test.drop();
  });

  it('give simultaneous refreshes of one token one successor, and lose no family of many', async () => {
    const origins = running.map(({ origin }) => origin);
    const [first = '', ...others] = await openFamilies(instances.issuer, 6);
    const successor = await refreshTogether(origins, first, 60);
    const tokens = await refreshSideBySide(origins, [successor, ...others], 8);
    await assertLiveTokens(test.database, tokens);
    assert.equal(await pgbouncer.countServerConnections(), serverConnections);
  });
});
