import assert from 'node:assert/strict';
import { faultsOf, parse } from './parsing.test.ts';

const redirect_uris = ['https://app.example.com/callback'];

/** A file in which every kind of reference is made, to names that `sections` may define. */
const referring = {
  roles: { clerk: { policy: 'p' } },
  scopes: { read: { description: 'Read', policy: 'p', roles: ['clerk'] } },
  resources: { 'urn:api': { scopes: ['read'], policy: 'p' } },
  clients: [{ client_id: 'app', redirect_uris, policy: 'p', scope: 'openid read' }],
  users: [{ username: 'ada', roles: ['clerk'] }],
};

describe('references between sections', () => {
  it('hold where the file defines what they name', () => {
    assert.deepEqual(parse({ policies: { p: {} }, ...referring }).unresolved, []);
  });

  it('to the policy default, and of clients to scopes that are always there, always hold', () => {
    const scope =
      'openid profile email address phone offline_access curfew:read curfew:write ssf.read ssf.manage';
    const clients = [{ client_id: 'app', redirect_uris, policy: 'default', scope }];
    assert.deepEqual(parse({ clients }).unresolved, []);
    assert.deepEqual(parse({ policies: {}, scopes: {}, clients }).unresolved, []);
  });

  it('to what a present section lacks are faults', () => {
    const { roles: _roles, scopes: _scopes, ...others } = referring;
    const empty = { policies: {}, roles: {}, scopes: {} };
    assert.deepEqual(faultsOf({ ...empty, ...others }), [
      'resources.urn:api.scopes[0]: there is no scope read in scopes',
      'resources.urn:api.policy: there is no policy p in policies',
      'clients[0] (app).policy: there is no policy p in policies',
      'clients[0] (app).scope: there is no scope read in scopes',
      'users[0] (ada).roles[0]: there is no role clerk in roles',
    ]);
    assert.deepEqual(faultsOf({ policies: {}, roles: referring.roles, scopes: referring.scopes }), [
      'roles.clerk.policy: there is no policy p in policies',
      'scopes.read.policy: there is no policy p in policies',
    ]);
    assert.deepEqual(faultsOf({ roles: {}, scopes: referring.scopes }), [
      'scopes.read.roles[0]: there is no role clerk in roles',
    ]);
  });

  it('to an absent section are left for the database', () => {
    const { roles: _roles, scopes: _scopes, ...others } = referring;
    assert.deepEqual(parse(others).unresolved, [
      { path: 'resources.urn:api.scopes[0]', kind: 'scope', name: 'read' },
      { path: 'resources.urn:api.policy', kind: 'policy', name: 'p' },
      { path: 'clients[0] (app).policy', kind: 'policy', name: 'p' },
      { path: 'clients[0] (app).scope', kind: 'scope', name: 'read' },
      { path: 'users[0] (ada).roles[0]', kind: 'role', name: 'clerk' },
    ]);
    assert.deepEqual(parse({ scopes: referring.scopes }).unresolved, [
      { path: 'scopes.read.roles[0]', kind: 'role', name: 'clerk' },
      { path: 'scopes.read.policy', kind: 'policy', name: 'p' },
    ]);
  });

  it('are not mistaken for what every object inherits', () => {
    assert.deepEqual(faultsOf({ policies: {}, roles: { a: { policy: 'constructor' } } }), [
      'roles.a.policy: there is no policy constructor in policies',
    ]);
  });
});
