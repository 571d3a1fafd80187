import assert from 'node:assert/strict';
import { disableAccount } from '../../src/operations/disable_account.ts';
import { renderAccessText } from '../../src/reports/describe_access.ts';
import { explainAccess } from '../../src/reports/explain_access.ts';
import type { AccessQuestion } from '../../src/reports/explain_access.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { api, client, exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';

describe('explainAccess', () => {
  let test: OperationTest;
  let accountId: string;

  before(async () => {
    test = await prepareOperationTest();
    const { policies, scopes } = exampleConfiguration();
    const reports = client('reports', {
      scope: 'reports.read payments.write',
      metadata: { grant_types: ['client_credentials'] },
    });
    await test.apply({
      policies: new Map([
        ...policies,
        ['till', { limits: { session_idle: 300, refresh_idle: 7200 }, baselines: [] }],
      ]),
      scopes: new Map([
        ...(scopes ?? []),
        [
          'payments.write',
          { name: 'payments.write', description: 'Move money', roles: ['admin'], stepUp: { mfaMaxAge: 120 } },
        ],
      ]),
      clients: new Map([
        ...exampleConfiguration().clients,
        ['till', client('till', { policy: 'till', scope: 'openid reports.read payments.write' })],
        ['reports', reports],
      ]),
      users: [
        { username: 'Ada', roles: ['member'] },
        { username: 'joan', roles: ['member', 'admin'] },
      ],
    });
    accountId = (await explain({ username: 'ada' })).account?.accountId ?? '';
  });
  after(() => test.drop());

  const explain = async (question: Partial<AccessQuestion>) =>
    await explainAccess(test.database, await loadConfiguration(test.database), {
      scopes: [],
      resources: [],
      ...question,
    });
  const lines = async (question: Partial<AccessQuestion>) =>
    renderAccessText(await explain(question)).split('\n');
  const find = (all: readonly string[], begin: string) => {
    const at = all.findIndex((line) => line.startsWith(`  ${begin}`));
    const rest = all.slice(at + 1);
    const losers = rest.slice(
      0,
      rest.findIndex((line) => !line.startsWith('      not ')),
    );
    return [all[at]?.trim().replaceAll(/ {2,}/g, ' | '), ...losers.map((line) => line.trim())];
  };

  it('says which policy won, what brings it, and why the others lost', async () => {
    const all = await lines({ username: 'joan', clientId: 'till', scopes: ['openid', 'payments.write'] });
    assert.equal(all[0], `joan, with the roles admin, member, at till, for ${api}`);
    assert.deepEqual(find(all, 'App access: idle limit'), [
      'App access: idle limit | 10 minutes | admin, version 1 (role admin)',
      'not 30 minutes · member, version 1 (role member) · less strict',
      'not 2 hours · till, version 1 (app till) · less strict',
      'not 15 minutes · default, built in · counts only where nothing else sets it',
    ]);
    assert.deepEqual(find(all, 'App access: overlap'), [
      'App access: overlap of refresh tokens | 10 seconds | admin, version 1 (role admin)',
      'not 10 seconds · member, version 1 (role member) · as strict, but named later',
      'not 10 seconds · default, built in · counts only where nothing else sets it',
    ]);
    assert.deepEqual(
      find(all, 'Session: idle limit')[0],
      'Session: idle limit | 5 minutes | till, version 1 (app till)',
    );
    assert.ok(
      all.some((line) =>
        line.includes("an app's access ends with the session: without activity after 5 minutes"),
      ),
    );
  });

  it('says how long a proof serves a scope, be it by the scope itself', async () => {
    const all = await lines({ username: 'joan', clientId: 'till', scopes: ['payments.write'] });
    assert.deepEqual(find(all, 'payments.write'), [
      `payments.write | Granted at ${api}, with a second factor proved less than 2 minutes ago`,
    ]);
    assert.deepEqual(
      find(all, 'Second factor for payments.write')[0],
      'Second factor for payments.write: how long one proof serves | 2 minutes | the scope payments.write itself',
    );
  });

  it('says why a scope is not granted, which then brings no limit', async () => {
    const all = await lines({ username: 'ada', clientId: 'till', scopes: ['payments.write'] });
    assert.deepEqual(find(all, 'payments.write'), ['payments.write | Not granted: it takes the role admin']);
    assert.equal(all[0], 'Ada, with the role member, at till');
    assert.ok(!all.some((line) => line.startsWith('Scopes that take')));
  });

  it('tells of a client that acts for itself only how long its tokens live', async () => {
    const found = await explain({ clientId: 'reports', scopes: ['reports.read', 'payments.write'] });
    assert.deepEqual(
      found.scopes.map(({ name, obstacle }) => [name, obstacle]),
      [
        ['reports.read', undefined],
        ['payments.write', 'for_people_alone'],
      ],
    );
    assert.deepEqual(found.session, []);
    assert.deepEqual(
      found.tokens.map(({ field, value, policy }) => [field, value, policy]),
      [['access_token_ttl', 300, 'default']],
    );
    assert.match(renderAccessText(found), /^reports, acting for itself, for https:\/\/api\.example\.com\n/);
  });

  it('says that nothing is granted to a disabled account', async () => {
    await test.database.transaction((tx) =>
      disableAccount(tx, test.configuration, accountId, { actor: 'test' }),
    );
    assert.ok((await lines({ username: 'ADA' })).includes('The account is disabled: nothing is granted.'));
  });

  for (const [question, code] of [
    [{ username: 'nobody-here' }, 'account_unknown'],
    [{ username: 'joan', clientId: 'none' }, 'client_unknown'],
    [{ username: 'joan', scopes: ['none'] }, 'scope_unknown'],
    [{ username: 'joan', resources: ['https://none.example'] }, 'resource_unknown'],
    [{}, 'question_empty'],
  ] as const)
    it(`throws ${code} for ${JSON.stringify(question)}`, async () => {
      await assert.rejects(explain(question), { name: 'Problem', code });
    });
});
