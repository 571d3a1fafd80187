import assert from 'node:assert/strict';
import { usageBucket } from '../../src/domain/usage.ts';
import type { Bucket } from '../../src/domain/usage.ts';
import { defaultStretch, defaultWeight, suggestLimit } from '../../src/policy/suggest_limit.ts';
import type { AwayTimes, SuggestionQuestion } from '../../src/policy/suggest_limit.ts';

const minute = 60;

function histogramOf(seconds: readonly number[]): Map<number, Bucket> {
  const histogram = new Map<number, Bucket>();
  for (const one of seconds) {
    const { count, seconds: sum } = histogram.get(usageBucket(one)) ?? { count: 0, seconds: 0 };
    histogram.set(usageBucket(one), { count: count + 1, seconds: sum + one });
  }
  return histogram;
}

const times = (count: number, minutes: number) => Array.from({ length: count }, () => minutes * minute);
const away = (gaps: readonly number[], rest: Partial<AwayTimes> = {}): AwayTimes => ({
  spans: 1000,
  gaps: histogramOf(gaps),
  tails: new Map(),
  gone: 1000,
  ...rest,
});
const ask = (of: AwayTimes, limit: number, rest: Partial<SuggestionQuestion> = {}) =>
  suggestLimit(of, { limit: limit * minute, stretch: defaultStretch, weight: defaultWeight, ...rest });

describe('suggestLimit', () => {
  it('counts as interrupted whose absence is longer than the limit, and no longer than a stretch of work', () => {
    const cases: [limit: number, interruptions: number][] = [
      [15, 150],
      [30, 50],
      [60, 0],
      [120, 0],
    ];
    for (const [limit, interruptions] of cases) {
      const of = away([...times(100, 30), ...times(50, 60), ...times(70, 241)]);
      assert.equal(Math.round(ask(of, limit).today.interruptions), interruptions, `${limit} minutes`);
    }
  });

  it('leaves open what is shorter than the limit, and of all else the limit itself', () => {
    const of = away([...times(60, 10), ...times(60, 120)], { gone: 30, tails: histogramOf(times(12, 15)) });
    // Ten hours, an hour for each long one, 30 for those who are gone, three before they signed out.
    assert.equal(ask(of, 60).today.idleHours, 10 + 60 + 30 + 3);
  });

  it('calls a limit too strict that cuts a habit, and goes just beyond the habit', () => {
    const of = away(times(2000, 30));
    const { verdict, suggested } = ask(of, 15);
    assert.deepEqual([verdict, suggested?.limit], ['too_strict', 30 * minute]);
    assert.equal(ask(of, 31).verdict, 'fits');
  });

  it('calls a limit too loose that lets doors stand open for nobody', () => {
    const { verdict, suggested, today } = ask(away(times(2000, 30)), 480);
    assert.deepEqual([verdict, suggested?.limit], ['too_loose', 30 * minute]);
    assert.ok((suggested?.cost ?? 0) * 3 < today.cost);
  });

  it('says nothing of too few', () => {
    assert.equal(ask(away(times(40, 20), { spans: 49, gone: 49 }), 480).verdict, 'too_few');
    const few = (count: number) => ask(away(times(count, 30), { spans: 60, gone: 0 }), 15).verdict;
    assert.deepEqual([few(19), few(20)], ['too_few', 'too_strict']);
  });

  it('suggests nothing that a baseline forbids, and says so', () => {
    const found = ask(away(times(5000, 30)), 10, { longest: 20.5 * minute });
    assert.deepEqual([found.isCapped, found.suggested?.limit !== undefined], [true, true]);
    assert.ok(found.frontier.every(({ limit }) => limit <= 20.5 * minute));
    const free = ask(away(times(5000, 30)), 10, { longest: 30 * minute });
    assert.deepEqual([free.isCapped, free.suggested?.limit], [false, 30 * minute]);
  });

  it('weighs interruptions as it is told', () => {
    const of = away([...times(300, 30), ...times(300, 60)]);
    const cheap = ask(of, 30, { weight: 0.01 }).suggested?.limit ?? 0;
    const dear = ask(of, 30, { weight: 100 }).suggested?.limit ?? 0;
    assert.ok(cheap < 30 * minute && dear === 60 * minute, `${cheap} ${dear}`);
  });
});
