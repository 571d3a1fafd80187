import assert from 'node:assert/strict';
import type { RoleRow } from '../../src/reports/report_roles.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { sql } from '../support/sql.ts';

describe('curfew policy list', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    const { policies, roles, ...rest } = exampleConfiguration();
    const claiming = { limits: { session_idle: 3600 }, baselines: ['pci-dss-4.0.1'] };
    await test.database.transaction((tx) =>
      applyConfiguration(
        tx,
        {
          ...rest,
          policies: new Map([...policies, ['till', claiming]]),
          roles: new Map([...(roles ?? []), ['cashier', { name: 'cashier', policy: 'till' }]]),
          users: [],
        },
        { origin: { actor: 'test' } },
      ),
    );
    await sql(
      test.database,
      `with made as (insert into accounts (username) select 'user' || n from generate_series(1, 10001) n returning account_id, username)
       insert into account_roles select account_id, role from made, unnest('{member,cashier}'::text[]) as roles (role)
       where role = 'member' or username <> 'user1'`,
    );
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  const list = (...args: string[]) =>
    runCurfew(['policy', 'list', ...args], { CURFEW_DATABASE_URL: test.serverUrl });

  it('shows each role with its limits, people counted so far, and baselines', async () => {
    const { code, stdout, stderr } = await list();
    assert.equal(code, 0, stderr);
    const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    assert.deepEqual(rows[0]?.slice(0, 5), ['role', 'people', 'policy', 'token', 'app idle']);
    assert.deepEqual(rows[1], ['admin', '0', 'admin', '5m', '10m', '8h', '1h', '1d', 'none', '5']);
    assert.deepEqual(rows[2]?.slice(0, 5), ['cashier', '10,000', 'till', '5m', '15m']);
    assert.deepEqual(rows[3]?.slice(0, 3), ['member', '10,000+', 'member']);
    assert.match(
      stdout,
      /\ncashier\n(?: {2}\S.*\n)* {2}claimed, and missed {4}pci-dss-4\.0\.1\n(?: +mfa is .*\n)? +session_idle is 1h, longer than 15m \(policy till\)\n/,
    );
  });

  it('is one JSON document, with the policy of every limit', async () => {
    const rows = JSON.parse((await list('--json')).stdout) as RoleRow[];
    const cashier = rows.find(({ role }) => role === 'cashier');
    assert.deepEqual(cashier?.people, { count: 10_000, more: false });
    assert.deepEqual(cashier?.limits.session_idle, { value: 3600, policy: 'till', version: 1 });
    assert.deepEqual(cashier?.limits.refresh_idle.policy, 'default');
    assert.equal(cashier?.baselines[0]?.claimed, true);
    assert.deepEqual(rows.find(({ role }) => role === 'member')?.people, { count: 10_000, more: true });
  });
});
