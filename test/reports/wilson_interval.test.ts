import assert from 'node:assert/strict';
import { wilsonInterval } from '../../src/reports/wilson_interval.ts';

describe('wilsonInterval', () => {
  /** As the textbooks have them. */
  const cases: [hits: number, all: number, low: number, high: number][] = [
    [0, 0, 0, 1],
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [50, 1000, 0.0381, 0.0653],
  ];
  for (const [hits, all, low, high] of cases) {
    it(`of ${hits} of ${all} is ${low} to ${high}`, () => {
      const found = wilsonInterval(hits, all);
      assert.ok(Math.abs(found.low - low) < 5e-5, String(found.low));
      assert.ok(Math.abs(found.high - high) < 5e-5, String(found.high));
    });
  }
});
