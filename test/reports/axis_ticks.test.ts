import assert from 'node:assert/strict';
import fc from 'fast-check';
import { axisTicks } from '../../src/reports/axis_ticks.ts';

describe('axisTicks', () => {
  it('are round numbers from no more than the least to no less than the most', () => {
    assert.deepEqual(axisTicks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(axisTicks(0, 4.1), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(axisTicks(0, 1234), [0, 500, 1000, 1500]);
    assert.deepEqual(axisTicks(663, 1470), [600, 800, 1000, 1200, 1400, 1600]);
  });

  it('are few, and reach around both, whatever they are', () => {
    const amount = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(amount, amount, (least, length) => {
        const most = least + Math.max(length, least / 1000);
        const ticks = axisTicks(least, most);
        const [begin, end] = [ticks[0] ?? Infinity, ticks.at(-1) ?? 0];
        assert.ok(ticks.length >= 2 && ticks.length <= 7, String(ticks));
        const slack = most * 1e-6;
        assert.ok(
          begin >= 0 && begin <= least + slack && end >= most - slack,
          `${least} to ${most}: ${ticks.join(' ')}`,
        );
      }),
    );
  });
});
