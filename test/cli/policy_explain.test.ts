import assert from 'node:assert/strict';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import type { ExplainedAccess } from '../../src/reports/explain_access.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';

describe('curfew policy explain', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    const users = [{ username: 'joan', roles: ['member', 'admin'] }];
    const desired: DesiredConfiguration = { ...exampleConfiguration(), users };
    await test.database.transaction((tx) => applyConfiguration(tx, desired, { origin: { actor: 'test' } }));
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  const explain = (...args: string[]) =>
    runCurfew(['policy', 'explain', ...args], { CURFEW_DATABASE_URL: test.serverUrl });

  it('says which limits hold, in words and as one JSON document', async () => {
    const asked = [
      '--user',
      'joan',
      '--client',
      'shop',
      '--scope',
      'openid reports.read',
      '--scope',
      'payments.write',
    ];
    const told = await explain(...asked);
    assert.equal(told.code, 0, told.stderr);
    assert.match(
      told.stdout,
      /^joan, with the roles admin, member, at shop, for https:\/\/api\.example\.com\n/,
    );
    assert.match(told.stdout, /^ {2}App access: idle limit +10 minutes +admin, version 1 \(role admin\)$/m);
    assert.match(told.stdout, /^ {6}not 30 minutes · member, version 1 \(role member\) · less strict$/m);
    const { scopes, tokens } = JSON.parse((await explain(...asked, '--json')).stdout) as ExplainedAccess;
    assert.deepEqual(
      scopes.map(({ name, obstacle }) => [name, obstacle]),
      ['openid', 'reports.read', 'payments.write'].map((name) => [name, undefined]),
    );
    const idle = tokens.find(({ field }) => field === 'refresh_idle');
    assert.deepEqual([idle?.value, idle?.policy, idle?.version], [600, 'admin', 1]);
  });

  it('says in one line what is not there, and exits with 2 where nobody is asked about', async () => {
    for (const args of [
      ['--user', 'nobody'],
      ['--client', 'none'],
      ['--user', 'joan', '--scope', 'none'],
      ['--user', 'joan', '--resource', 'https://none.example'],
    ]) {
      const { code, stdout, stderr } = await explain(...args);
      assert.deepEqual([code, stdout], [1, ''], args.join(' '));
      assert.match(stderr, /^There is no [^\n]+\.\n$/);
    }
    assert.equal((await explain()).code, 2);
  });
});
