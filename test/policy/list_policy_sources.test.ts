import assert from 'node:assert/strict';
import { listBindingNames } from '../../src/policy/list_policy_sources.ts';
import { configurationOf } from './facts.ts';

describe('listBindingNames', () => {
  it('has every name that brings a policy, and no other', () => {
    const configuration = configurationOf({});
    const map = <Entry>(entries: Record<string, Entry>) => new Map(Object.entries(entries));
    assert.deepEqual(
      listBindingNames({
        ...configuration,
        roles: map({ guard: { name: 'guard', policy: 'strict' }, visitor: { name: 'visitor' } }),
        scopes: map({ pay: { name: 'pay', description: '', policy: 'strict' } }),
      }),
      ['role:guard', 'scope:pay'],
    );
  });
});
