import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EffectiveLimits, LimitField } from '../../src/domain/policies.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import { effectiveLimits, isStricter } from '../../src/policy/effective_limits.ts';
import { limits, policies } from './arbitraries.ts';
import { policy } from './facts.ts';

const fields = Object.keys(builtInDefaultPolicy.limits) as LimitField[];
const fallbacks = limits.map((entry) => policy('default', { ...builtInDefaultPolicy.limits, ...entry }, 11));
const valuesOf = (effective: EffectiveLimits) =>
  Object.fromEntries(fields.map((field) => [field, effective[field].value]));

describe('effective limits of any policies', () => {
  it('are complete', () => {
    fc.assert(
      fc.property(policies, fallbacks, (applying, fallback) => {
        assert.deepEqual(new Set(Object.keys(effectiveLimits(applying, fallback))), new Set(fields));
      }),
    );
  });

  it('are never looser than any policy that applies', () => {
    fc.assert(
      fc.property(policies, fallbacks, (applying, fallback) => {
        const effective = effectiveLimits(applying, fallback);
        for (const field of fields) {
          for (const { limits: own } of applying) {
            const value = own[field];
            if (value !== undefined) assert.ok(!isStricter(field, value, effective[field].value), field);
          }
        }
      }),
    );
  });

  it('each come from a policy that applies, or from default where none sets the field', () => {
    fc.assert(
      fc.property(policies, fallbacks, (applying, fallback) => {
        for (const [field, origin] of Object.entries(effectiveLimits(applying, fallback))) {
          const setting = applying.filter((entry) => entry.limits[field as LimitField] !== undefined);
          const source = [...setting, ...(setting.length > 0 ? [] : [fallback])].find(
            ({ name, version }) => name === origin.policy && version === origin.version,
          );
          assert.equal(source?.limits[field as LimitField], origin.value, field);
        }
      }),
    );
  });

  it('have the same values in any order of the policies', () => {
    const shuffled = policies.chain((applying) =>
      fc.tuple(
        fc.constant(applying),
        fc.shuffledSubarray(applying, { minLength: applying.length, maxLength: applying.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, fallbacks, ([applying, reordered], fallback) => {
        assert.deepEqual(
          valuesOf(effectiveLimits(reordered, fallback)),
          valuesOf(effectiveLimits(applying, fallback)),
        );
      }),
    );
  });

  it('are loosened by no further policy, in a field that another one sets', () => {
    fc.assert(
      fc.property(policies, limits, fallbacks, (applying, further, fallback) => {
        const before = effectiveLimits(applying, fallback);
        const after = effectiveLimits([...applying, policy('further', further)], fallback);
        for (const field of fields) {
          const isSet = applying.some((entry) => entry.limits[field] !== undefined);
          if (isSet) assert.ok(!isStricter(field, before[field].value, after[field].value), field);
          else assert.equal(after[field].value, further[field] ?? before[field].value);
        }
      }),
    );
  });

  it('do not depend on a policy that is named twice', () => {
    fc.assert(
      fc.property(policies, fallbacks, (applying, fallback) => {
        assert.deepEqual(
          effectiveLimits([...applying, ...applying], fallback),
          effectiveLimits(applying, fallback),
        );
      }),
    );
  });
});
