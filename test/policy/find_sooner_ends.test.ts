import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Configuration } from '../../src/domain/configuration.ts';
import { limitsFor } from '../../src/policy/effective_limits.ts';
import { findSoonerEnds } from '../../src/policy/find_sooner_ends.ts';
import { limits } from './arbitraries.ts';
import { configurationOf, parts, policy } from './facts.ts';

const names = ['default', 'a', 'b', 'c'];
const named = fc.option(fc.constantFrom(...names), { nil: undefined });
/** Roles, a client, a resource and a scope, each with a policy or none. */
const configurations = fc
  .record({
    policies: fc.array(fc.tuple(fc.constantFrom(...names), limits), { maxLength: 5 }),
    roles: fc.tuple(named, named),
    client: named,
    resource: named,
    scope: named,
  })
  .map(({ policies, roles: [guard, visitor], client, resource, scope }): Configuration => {
    const of = (name: string | undefined) =>
      name !== undefined && policies.some(([one]) => one === name) ? { policy: name } : {};
    return {
      ...configurationOf({ ...parts, policies: policies.map(([name, entry]) => policy(name, entry)) }),
      roles: new Map([
        ['guard', { name: 'guard', ...of(guard) }],
        ['visitor', { name: 'visitor', ...of(visitor) }],
      ]),
      clients: new Map([
        [
          'shop',
          {
            clientId: 'shop',
            metadata: {},
            trusted: false,
            refreshRotation: true,
            webOrigins: [],
            disabled: false,
            ...of(client),
          },
        ],
      ]),
      resources: new Map([['api', { identifier: 'api', scopes: [], ...of(resource) }]]),
      scopes: new Map([['read', { name: 'read', description: '', ...of(scope) }]]),
    };
  });
/** One is often the other with a change. */
const changes = fc.oneof(
  fc.tuple(configurations, configurations),
  fc
    .tuple(configurations, fc.constantFrom(...names), limits)
    .map(([current, name, entry]): [Configuration, Configuration] => [
      current,
      { ...current, policies: new Map([...current.policies, [name, policy(name, entry)]]) },
    ]),
);
const subjects = fc.record({
  roles: fc.subarray(['guard', 'visitor', 'unknown']),
  clientIds: fc.subarray(['shop']),
  resources: fc.subarray(['api']),
  scopes: fc.subarray(['read']),
});
const fields = {
  sessionsBy: ['session_idle', 'session_absolute'],
  familiesBy: ['refresh_idle', 'refresh_absolute', 'lease_max'],
} as const;
const lists = { role: 'roles', client: 'clientIds', resource: 'resources', scope: 'scopes' } as const;

describe('what ends sooner by a change', () => {
  it('does so by no more than is said, and only of whom a source is named', () => {
    fc.assert(
      fc.property(changes, subjects, ([current, next], subject) => {
        const sooner = findSoonerEnds(current, next);
        const [before, after] = [limitsFor(current, subject), limitsFor(next, subject)];
        const isNamed =
          sooner.sources?.some(({ kind, name }) => subject[lists[kind]].some((one) => one === name)) ?? true;
        for (const [by, ofTable] of Object.entries(fields)) {
          for (const field of ofTable) {
            const shorter = before[field].value - after[field].value;
            assert.ok(shorter <= sooner[by as keyof typeof fields], `${field} is shorter by ${shorter}`);
            assert.ok(shorter === 0 || isNamed, field);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is nothing where nothing changes, or only what is no timeout', () => {
    fc.assert(
      fc.property(configurations, (current) => {
        const policies = [...current.policies].map(
          ([name, one]) => [name, { ...one, limits: { ...one.limits, mfa: 'always' as const } }] as const,
        );
        const nothing = { sessionsBy: 0, familiesBy: 0, sources: [] };
        assert.deepEqual(findSoonerEnds(current, { ...current, policies: new Map(policies) }), nothing);
      }),
    );
  });

  it('does so by the difference where one limit of one policy is shortened', () => {
    const of = (idle: number): Configuration => ({
      ...configurationOf({ ...parts, policies: [policy('a', { session_idle: idle })] }),
      roles: new Map([['guard', { name: 'guard', policy: 'a' }]]),
    });
    assert.deepEqual(findSoonerEnds(of(100), of(40)), {
      sessionsBy: 60,
      familiesBy: 0,
      sources: [{ kind: 'role', name: 'guard' }],
    });
    assert.equal(findSoonerEnds(of(40), of(100)).sessionsBy, 0);
  });
});
