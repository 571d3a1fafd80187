import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { SweptLimits } from '../../src/domain/swept_limits.ts';
import { limitsFor } from '../../src/policy/effective_limits.ts';
import { sweptLimits } from '../../src/policy/swept_limits.ts';
import { limits } from './arbitraries.ts';
import { configurationOf, parts, policy } from './facts.ts';

const names = ['default', 'a', 'b'];
const configurations = fc
  .record({
    policies: fc.array(fc.tuple(fc.constantFrom(...names), limits), { maxLength: 4 }),
    guard: fc.constantFrom(...names, undefined),
    visitor: fc.constantFrom(...names, undefined),
    read: fc.constantFrom(...names, undefined),
  })
  .map(({ policies, guard, visitor, read }): Configuration => {
    const of = (name: string | undefined) => (name === undefined ? {} : { policy: name });
    return {
      ...configurationOf({ ...parts, policies: policies.map(([name, entry]) => policy(name, entry)) }),
      roles: new Map([
        ['guard', { name: 'guard', ...of(guard) }],
        ['visitor', { name: 'visitor', ...of(visitor) }],
      ]),
      scopes: new Map([['read', { name: 'read', description: '', ...of(read) }]]),
    };
  });

describe('what the sweepers work limits out from', () => {
  it('gives anything the limits that the gate gives it', () => {
    const subjects = fc.record({ roles: fc.subarray(['guard', 'visitor']), scopes: fc.subarray(['read']) });
    fc.assert(
      fc.property(configurations, subjects, (configuration, subject) => {
        for (const of of ['session', 'refresh'] as const) {
          const swept = sweptLimits(configuration, of);
          const effective = limitsFor(configuration, subject);
          const own = [effective[`${of}_idle`].value, effective[`${of}_absolute`].value];
          assert.deepEqual(
            [0, 1].map((at) => smallest(swept, subject, at as 0 | 1)),
            own,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has no name that brings none', () => {
    const configuration = configurationOf({ ...parts, policies: [policy('a', { mfa: 'always' })] });
    const roles = new Map([['guard', { name: 'guard', policy: 'a' }]]);
    assert.deepEqual(sweptLimits({ ...configuration, roles }, 'session').roles, {});
  });
});

function smallest(swept: SweptLimits, { roles, scopes }: Record<'roles' | 'scopes', string[]>, at: 0 | 1) {
  const pairs = [...roles.map((name) => swept.roles[name]), ...scopes.map((name) => swept.scopes[name])];
  const set = pairs.flatMap((pair) => pair?.[at] ?? []);
  return set.length > 0 ? Math.min(...set) : swept.fallback[at];
}
