import assert from 'node:assert/strict';
import { explainScopes } from '../../src/policy/explain_scopes.ts';
import type { ScopeAsker } from '../../src/policy/explain_scopes.ts';
import { client, configurationOf } from './facts.ts';

const [api, other] = ['https://api.example', 'https://other.example'];
const configuration = configurationOf({
  roles: [{ name: 'cashier' }],
  resources: [
    { identifier: api, scopes: ['reports.read', 'payments.write', 'shared', 'unregistered'] },
    { identifier: other, scopes: ['shared', 'other.read'] },
  ],
  scopes: [
    { name: 'payments.write', roles: ['cashier'] },
    { name: 'vault.open', stepUp: {} },
    { name: 'curfew:read', roles: ['cashier'] },
  ],
  clients: [
    client('shop', {
      metadata: {
        scope: 'openid reports.read payments.write shared other.read curfew:read curfew:write ssf.read',
      },
    }),
    client('bare', { metadata: { scope: 'reports.read' } }),
  ],
});
const person: ScopeAsker = { roles: [], clientId: 'shop', resources: [] };

describe('a scope that is asked for', () => {
  const cases: [what: string, scope: string, asker: Partial<ScopeAsker>, answer: string | undefined][] = [
    ['is granted where it belongs', 'reports.read', {}, api],
    ['is granted at the resource that is named', 'shared', { resources: [other] }, other],
    ['is not granted at another resource', 'reports.read', { resources: [other] }, 'resource_missing'],
    ['is not granted where no resource has it', 'vault.open', {}, 'resource_missing'],
    ['needs a resource to be named where several have it', 'shared', {}, 'resource_unclear'],
    ['is not granted to a client that has not registered it', 'unregistered', {}, 'not_registered'],
    ['is granted, whatever the client, where none is named', 'unregistered', { clientId: undefined }, api],
    ['is not granted without a role that it takes', 'payments.write', {}, 'role_missing'],
    ['is granted with a role that it takes', 'payments.write', { roles: ['cashier'] }, api],
    [
      'is not for a client itself where it takes a role',
      'payments.write',
      { roles: undefined },
      'for_people_alone',
    ],
    [
      'is granted to a client itself where it takes nothing of a person',
      'reports.read',
      { roles: undefined },
      api,
    ],
    ['is for operators of its role', 'curfew:read', { roles: ['cashier'] }, undefined],
    [
      'is for nobody where the file names no role',
      'curfew:write',
      { roles: ['cashier'] },
      'for_clients_alone',
    ],
    ['is for clients alone where it is about event streams', 'ssf.read', {}, 'for_clients_alone'],
    ['is for a client itself where it is about event streams', 'ssf.read', { roles: undefined }, undefined],
    ['is of OpenID Connect', 'openid', {}, undefined],
    ['is of OpenID Connect and not registered', 'email', {}, 'not_registered'],
    ['is of OpenID Connect at a client that registered none', 'email', { clientId: 'bare' }, undefined],
    ['is of OpenID Connect, which is about people', 'openid', { roles: undefined }, 'for_people_alone'],
  ];
  for (const [what, scope, asker, expected] of cases) {
    it(what, () => {
      const [{ obstacle, resource } = {}, ...more] = explainScopes(configuration, [scope, scope], {
        ...person,
        ...asker,
      });
      assert.deepEqual([obstacle ?? resource, more], [expected, []]);
    });
  }

  it('says of which roles it takes one', () => {
    const [scope] = explainScopes(configuration, ['payments.write'], person);
    assert.deepEqual(scope?.roles, ['cashier']);
  });
});
