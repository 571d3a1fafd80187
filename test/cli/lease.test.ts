import assert from 'node:assert/strict';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily } from '../support/stored_facts.ts';

describe('curfew lease', () => {
  let test: TestDatabase;
  let username: string;
  let leased: string;
  let other: string;

  before(async () => {
    test = await createTestDatabase();
    const configuration = exampleConfiguration();
    const limits = { ...configuration.policies.get('member')?.limits, lease_max: 7200 };
    const policies = new Map([...configuration.policies, ['member', { limits, baselines: [] }] as const]);
    await test.database.transaction((tx) =>
      applyConfiguration(tx, { ...configuration, policies, users: undefined }, { origin: {} }),
    );
    const accountId = await storeAccount(test.database, ['member']);
    const find = 'select username from accounts where account_id = $1';
    ({ username } = await sqlOne<{ username: string }>(test.database, find, accountId));
    const store = async () =>
      (await storeFamily(test.database, { accountId, sessionId: 'gone', bound: false, startedAgo: 60 }))
        .familyId;
    [leased, other] = [await store(), await store()];
    await sql(
      test.database,
      `update families set lease_seconds = 3600, lease_purpose = 'Nightly reports' where family_id = $1`,
      leased,
    );
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  const lease = (...args: string[]) => runCurfew(['lease', ...args], { CURFEW_DATABASE_URL: test.serverUrl });

  it('lists what runs, for what and until when, and ends it', async () => {
    const [told, ...more] = JSON.parse((await lease('list', '--user', username, '--json')).stdout) as {
      familyId: string;
      startedAt: string;
      endsAt: string;
      isRunning: boolean;
    }[];
    assert.deepEqual([told?.familyId, told?.isRunning, more], [leased, true, []]);
    assert.equal(Date.parse(told?.endsAt ?? '') - Date.parse(told?.startedAt ?? ''), 3600_000);
    const shown = await lease('list');
    assert.match(
      shown.stdout,
      new RegExp(`^${leased}  ${username}  shop  1 hour  until \\S+Z  Nightly reports\n$`),
    );
    const ended = await lease('end', leased);
    assert.deepEqual([ended.code, ended.stdout], [0, 'ended 1 families\n']);
    assert.equal((await findEnd(test.database, 'families', leased)).reason, 'ended_by_operator');
    assert.equal((await lease('list')).stdout, '');
  });

  it('refuses what is no lease, in one line', async () => {
    for (const id of [other, 'nonexistent']) {
      const { code, stderr } = await lease('end', id);
      assert.deepEqual([code, stderr], [1, `There is no lease ${id}, or it has ended.\n`]);
    }
    assert.equal((await findEnd(test.database, 'families', other)).reason, null);
    assert.equal((await lease('list', '--user', 'nobody-at-all')).code, 1);
  });
});
