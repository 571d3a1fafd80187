import assert from 'node:assert/strict';
import { describeFuture, describePast } from '../../src/http/describe_moment.ts';
import { addSeconds, fromEpochMilliseconds } from '../../src/domain/instants.ts';

const now = fromEpochMilliseconds(Date.UTC(2026, 10, 27, 23, 30));
const [minute, hour, day] = [60, 3600, 86_400];

describe('describePast', () => {
  const distances: [seconds: number, words: string][] = [
    [0, 'just now'],
    [minute - 0.001, 'just now'],
    [minute, '1 minute ago'],
    [hour - 1, '59 minutes ago'],
    [hour, '1 hour ago'],
    [2 * hour - 1, '1 hour ago'],
    [day - 1, '23 hours ago'],
    [3 * day + 5 * hour, '3 days ago'],
    [-2, 'just now'],
  ];
  for (const [seconds, words] of distances) {
    it(`says ${JSON.stringify(words)} after ${seconds} s`, () =>
      assert.equal(describePast(addSeconds(now, -seconds), now).distance, words));
  }
});

describe('describeFuture', () => {
  const distances: [seconds: number, words: string][] = [
    [0.5, 'in 0 seconds'],
    [minute - 0.5, 'in 59 seconds'],
    [minute, 'in 1 minute'],
    [26 * minute + 59, 'in 26 minutes'],
    [21 * hour + 5 * minute + 59, 'in 21 hours 5 minutes'],
    [29 * day + 3 * hour + 5 * minute, 'in 29 days 3 hours'],
  ];
  for (const [seconds, words] of distances) {
    it(`says ${JSON.stringify(words)} ${seconds} s ahead`, () =>
      assert.equal(describeFuture(addSeconds(now, seconds), now).distance, words));
  }

  it('tells the moment too, for people in UTC and for programs', () => {
    const { iso, text } = describeFuture(addSeconds(now, hour), now);
    assert.deepEqual([iso, text], ['2026-11-28T00:30:00.000Z', '28 Nov 2026, 00:30 UTC']);
  });
});
