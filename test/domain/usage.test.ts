import assert from 'node:assert/strict';
import fc from 'fast-check';
import { usageBucket, usageEdge } from '../../src/domain/usage.ts';

describe('the buckets of usage', () => {
  it('have a quarter of an hour and its doubles as edges, and an edge belongs below it', () => {
    for (const [seconds, bucket] of [
      [900, 0],
      [900.001, 1],
      [1800, 16],
      [450, -16],
      [14_400, 64],
    ] as const) {
      assert.equal(usageBucket(seconds), bucket, String(seconds));
    }
  });

  it('put everything somewhere: nothing at all below, and years above', () => {
    assert.deepEqual([usageBucket(0), usageBucket(7), usageBucket(1e9)], [-112, -112, 192]);
  });

  it('hold what is no longer than their edge and longer than the one before, which is at most 4.5 % off', () => {
    fc.assert(
      fc.property(fc.double({ min: 8, max: 3e6, noNaN: true }), (seconds) => {
        const bucket = usageBucket(seconds);
        const edge = usageEdge(bucket);
        return (
          seconds <= edge * (1 + 1e-9) &&
          seconds > usageEdge(bucket - 1) * (1 - 1e-9) &&
          edge / seconds < 1.045
        );
      }),
    );
  });
});
