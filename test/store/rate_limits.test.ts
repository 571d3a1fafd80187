import assert from 'node:assert/strict';
import { countRate } from '../../src/store/rate_limits.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';

describe('countRate', () => {
  let test: TestDatabase;
  let clock: FrozenClock;
  const limit = { most: 3, seconds: 60 };

  before(async () => {
    test = await createTestDatabase();
    clock = await freezeClock(test);
  });
  after(() => test.drop());

  /** Count at seconds after the first; how long the window lasts then. */
  async function countAt(key: string, moments: readonly number[]): Promise<number[]> {
    const left: number[] = [];
    for (const moment of moments) {
      await clock.set(moment);
      left.push((await countRate(test.database, Buffer.from(key), limit)).secondsLeft);
    }
    return left;
  }

  it('begins a window with the first and keeps its end', async () => {
    assert.deepEqual(await countAt('plain', [0, 10, 50, 59, 60]), [60, 50, 10, 1, 60]);
  });
});
