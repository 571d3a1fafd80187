import assert from 'node:assert/strict';
import { parseConfigurationFile } from '../../../src/config/configuration_file.ts';
import { createSecretsAtRest } from '../../../src/credentials/secrets_at_rest.ts';
import { demoDepartments } from '../../../src/dev/company/departments.ts';
import { ensureDemoHistory } from '../../../src/dev/company/ensure_demo_history.ts';
import { readDemoConfiguration } from '../../../src/dev/demo.ts';
import { createSealer } from '../../../src/events/seal_events.ts';
import { verifyTrail } from '../../../src/events/verify_trail.ts';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { simulate } from '../../../src/reports/simulate.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { testSecret } from '../../support/server.ts';
import { sql, sqlOne } from '../../support/sql.ts';

describe('ensureDemoHistory', function demo() {
  this.timeout(180_000);
  let test: TestDatabase;
  const secrets = createSecretsAtRest([testSecret]);

  beforeEach(async () => {
    test = await createTestDatabase();
    const env = {
      DEMO_CLIENT_SECRET: 'x'.repeat(43),
      DEMO_ADA_PASSWORD: 'correct horse battery',
      DEMO_GRACE_PASSWORD: 'staple correct horse',
      DEMO_OLGA_PASSWORD: 'staple correct horse',
    };
    const file = parseConfigurationFile(readDemoConfiguration('http://localhost:1'), { env });
    await test.database.transaction((tx) => applyConfiguration(tx, file, { origin: { actor: 'start' } }));
  });
  afterEach(() => test.drop());

  const count = async () =>
    (await sqlOne<{ count: number }>(test.database, 'select count(*)::integer as count from audit_events'))
      .count;

  it('writes thirty days, marked as demo data, that are sealed and replay to the second', async () => {
    assert.equal(await ensureDemoHistory(test.database), true);
    const [marker] = await sql<{ detail: { events: number } }>(
      test.database,
      `select detail from audit_events where name = 'demo.history_written'`,
    );
    assert.ok((marker?.detail.events ?? 0) > 10_000);
    const stray = await sql(
      test.database,
      `select from audit_events where tableoid = 'audit_events_default'::regclass`,
    );
    assert.equal(stray.length, 0, 'every month has a partition');
    const open = await sql(test.database, 'select from sessions union all select from families');
    assert.equal(open.length, 0);
    const people = await sql<{ name: string; password_hash: string | null }>(
      test.database,
      `select name, password_hash from accounts where username like 'demo.%'`,
    );
    const expected = demoDepartments.reduce((sum, department) => sum + department.people, 0);
    assert.equal(people.length, expected);
    assert.ok(people.every(({ name, password_hash: hash }) => name.startsWith('Demo data') && hash === null));

    assert.equal(await createSealer(test.database, secrets)(), await count());
    const { faults } = await verifyTrail(test.database, secrets);
    assert.deepEqual(faults, []);
    const { check } = await simulate(test.database, { propose: (current) => current });
    assert.deepEqual(check.differing, []);
    assert.ok(check.ends > 1000);
  });

  it('writes nothing twice, also where two start at once', async () => {
    await Promise.all([ensureDemoHistory(test.database), ensureDemoHistory(test.database)]);
    const before = await count();
    assert.equal(await ensureDemoHistory(test.database), true);
    assert.equal(await count(), before);
    const markers = await sql(test.database, `select from audit_events where name = 'demo.history_written'`);
    assert.equal(markers.length, 1);
  });

  it('leaves a trail alone that was sealed before', async () => {
    await createSealer(test.database, secrets)();
    const before = await count();
    assert.equal(await ensureDemoHistory(test.database), false);
    assert.equal(await count(), before);
  });
});
