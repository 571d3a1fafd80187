import assert from 'node:assert/strict';
import { mannWhitney } from '../support/mann_whitney.ts';
import { createSeededRandom } from '../../src/dev/seeded_random.ts';

/** 500 answer times in milliseconds: some 30, skewed, with a slow one now and then. */
function answerTimes(seed: number, more = 0): number[] {
  const chance = createSeededRandom(seed);
  const random = () => chance.integer(0, 1_000_000) / 1_000_000;
  return Array.from({ length: 500 }, () => {
    const noise = -4 * Math.log(1 - random());
    return 28 + noise + (random() < 0.02 ? 40 * random() : 0) + more;
  });
}

describe('mannWhitney', () => {
  /** By the complementary error function of the rank sums. */
  const known: [first: number[], second: number[], p: number][] = [
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.012185780355344818],
    [[1, 3, 5, 7, 9], [2, 4, 6, 8, 10], 0.6761033140231468],
    [[1, 1, 2, 2], [1, 1, 2, 2], 1],
    [[5, 5, 5], [5, 5, 5], 1],
  ];
  for (const [first, second, p] of known) {
    it(`finds ${p.toPrecision(4)} for ${first.join(', ')} and ${second.join(', ')}`, () => {
      assert.ok(Math.abs(mannWhitney(first, second) - p) < 1e-6, String(mannWhitney(first, second)));
      assert.equal(mannWhitney(first, second), mannWhitney(second, first));
    });
  }

  it('finds a planted 2 ms among 500 answer times each, and none where there is none', () => {
    for (let seed = 1; seed <= 40; seed += 2) {
      const [one, other] = [answerTimes(seed), answerTimes(seed + 1)];
      assert.ok(mannWhitney(one, other) > 0.001, `seed ${seed}`);
      assert.ok(mannWhitney(one, answerTimes(seed + 1, 2)) < 1e-6, `seed ${seed}`);
    }
  });

  it('is as likely to be below a tenth as it says', () => {
    let below = 0;
    for (let seed = 1; seed <= 400; seed += 2) {
      if (mannWhitney(answerTimes(seed), answerTimes(seed + 1)) < 0.1) below += 1;
    }
    assert.ok(below > 8 && below < 34, `${below} of 200`);
  });
});
