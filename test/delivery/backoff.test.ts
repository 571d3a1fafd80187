import assert from 'node:assert/strict';
import { backoffSeconds } from '../../src/delivery/backoff.ts';

describe('backoffSeconds', () => {
  it('doubles from one second to a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => backoffSeconds(failures, 0));
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('takes up to half of it off', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((jitter) => backoffSeconds(7, jitter)),
      [60, 45, 30],
    );
  });
});
