import assert from 'node:assert/strict';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { client, exampleConfiguration } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot } from '../support/sql.ts';

describe('applyConfiguration leaves everything as it was', () => {
  const wanted: ExampleConfiguration = { ...exampleConfiguration(), users: undefined };
  const limits = (refreshIdle: number) => ({ limits: { refresh_idle: refreshIdle }, baselines: [] });
  let test: OperationTest;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  const without = <Value>(map: ReadonlyMap<string, Value> | undefined, name: string) =>
    new Map([...(map ?? [])].filter(([key]) => key !== name));
  const scope = (name: string, roles: string[]) => ({ name, description: 'A scope', roles });

  const refused: [
    what: string,
    desired: (wanted: ExampleConfiguration) => DesiredConfiguration,
    code: string,
    message: string,
  ][] = [
    [
      'a policy is removed that a role still names',
      ({ policies }) => ({ policies: without(policies, 'admin') }),
      'policy_in_use',
      'roles.admin.policy: there is no policy admin',
    ],
    [
      'a client names a policy that there is not',
      ({ clients }) => ({ clients: new Map([...clients, ['new', client('new', { policy: 'ghost' })]]) }),
      'policy_in_use',
      'clients.new.policy: there is no policy ghost',
    ],
    [
      'a role is removed that a scope still names',
      ({ roles }) => ({ roles: without(roles, 'admin') }),
      'configuration_invalid',
      'scopes.payments.write.roles: there is no role admin',
    ],
    [
      'a scope is removed that a resource still names',
      ({ scopes }) => ({ scopes: without(scopes, 'reports.read') }),
      'configuration_invalid',
      'resources.https://api.example.com.scopes: there is no scope reports.read',
    ],
    [
      'several names are wrong, all of which it tells',
      ({ scopes }) => ({
        scopes: new Map([...(scopes ?? []), ['x', { ...scope('x', ['p', 'q']), policy: 'r' }]]),
      }),
      'configuration_invalid',
      'scopes.x.policy: there is no policy r\nscopes.x.roles: there is no role p\nscopes.x.roles: there is no role q',
    ],
    [
      'a user, who comes last, has a role that there is not',
      (all) => ({
        ...all,
        policies: new Map([...all.policies, ['late', limits(60)]]),
        users: [{ username: 'fine' }, { username: 'wrong', roles: ['ghost'] }],
      }),
      'role_unknown',
      'There is no role ghost; configured are: member, admin.',
    ],
  ];
  for (const [what, desired, code, message] of refused) {
    it(`when ${what}`, async () => {
      const before = await snapshot(test.database);
      await assert.rejects(test.apply(desired(wanted)), { name: 'Problem', code, message });
      assert.deepEqual(await snapshot(test.database), before);
    });
  }

  it('when the database cannot hold what comes late', async () => {
    const before = await snapshot(test.database);
    const clients = new Map([
      ...wanted.clients,
      ['new', client('new', { metadata: { client_name: 'a\0b' } })],
    ]);
    const policies = new Map([...wanted.policies, ['early', limits(60)]]);
    await assert.rejects(test.apply({ policies, clients }), { code: '22P05' });
    assert.deepEqual(await snapshot(test.database), before);
  });
});
