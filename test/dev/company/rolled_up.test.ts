import assert from 'node:assert/strict';
import { parseConfigurationFile } from '../../../src/config/configuration_file.ts';
import { createSecretsAtRest } from '../../../src/credentials/secrets_at_rest.ts';
import { ensureDemoHistory } from '../../../src/dev/company/ensure_demo_history.ts';
import { readDemoConfiguration } from '../../../src/dev/demo.ts';
import { createSealer } from '../../../src/events/seal_events.ts';
import { rollUpUsage } from '../../../src/jobs/roll_up_usage.ts';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { sql } from '../../support/sql.ts';

describe('the history of the demo company, rolled up', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    const password = 'correct horse battery';
    const env = {
      DEMO_CLIENT_SECRET: 'secret of the demo app',
      DEMO_ADA_PASSWORD: password,
      DEMO_GRACE_PASSWORD: password,
      DEMO_OLGA_PASSWORD: password,
    };
    const desired = parseConfigurationFile(readDemoConfiguration('http://localhost:3001'), { env });
    await test.database.transaction((tx) => applyConfiguration(tx, desired, { origin: { actor: 'test' } }));
    await ensureDemoHistory(test.database);
    await createSealer(test.database, createSecretsAtRest([Buffer.alloc(32, 1)]))();
  });
  after(() => test.drop());

  it('counts every end once, over many transactions and people who come back', async () => {
    const [progress] = await sql<{ seals: number }>(
      test.database,
      'select count(*)::int as seals from audit_seals where event_count > 0',
    );
    assert.ok((progress?.seals ?? 0) > 20, 'it takes more than one transaction');
    await rollUpUsage(test.database);
    const rows = await sql<{ of: string; counted: number; ended: number }>(
      test.database,
      `select g.of, sum(d.count)::int as counted,
         (select count(*)::int from audit_events where name = g.of || '.ended') as ended
       from usage_days d join usage_groups g using (group_id) where d.measure = 'span' group by g.of order by g.of`,
    );
    assert.deepEqual(
      rows.map(({ of, counted }) => [of, counted]),
      rows.map(({ of, ended }) => [of, ended]),
    );
    assert.deepEqual(
      rows.map(({ of }) => of),
      ['family', 'session'],
    );
    const before = await sql(test.database, 'select * from usage_days order by 1, 2, 3, 4');
    await rollUpUsage(test.database);
    assert.deepEqual(await sql(test.database, 'select * from usage_days order by 1, 2, 3, 4'), before);
  });
});
