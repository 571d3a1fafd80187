import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  describeDuration,
  formatDuration,
  longestDuration,
  parseDuration,
} from '../../src/domain/durations.ts';

const everySecond = fc.oneof(fc.nat({ max: 100_000 }), fc.nat({ max: longestDuration }));

describe('a duration that is read', () => {
  const good: [text: string, seconds: number][] = [
    ['0s', 0],
    ['0m', 0],
    ['0h', 0],
    ['0d', 0],
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['8h', 28_800],
    ['30d', 2_592_000],
    ['007s', 7],
    ['18250d', longestDuration],
    ['1576800000s', longestDuration],
  ];
  for (const [text, seconds] of good) {
    it(`is ${seconds} s for ${text}`, () => assert.equal(parseDuration(text), seconds));
  }

  const bad = [
    '',
    ' ',
    '0',
    '90',
    's',
    'm5',
    '-1s',
    '+1s',
    '1.5h',
    '1,5h',
    '1e3s',
    '0x10s',
    '1S',
    '1M',
    '1w',
    '1y',
    '1ms',
    '1min',
    '1 s',
    ' 1s',
    '1s ',
    '1s\n',
    '\n1s',
    '1h30m',
    '1h 30m',
    'PT1H',
    'Infinitys',
    'NaNs',
    '١s',
    '１s',
    '18251d',
    '1576800001s',
    '9999999999d',
    '10000000000s',
    '00000000001s',
    '1s\u0000',
  ];
  for (const text of bad) {
    it(`is nothing for ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), undefined));
  }

  it('is whole seconds within the bounds, or nothing, for any text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,11}[smhd]$/));
    fc.assert(
      fc.property(texts, (text) => {
        const seconds = parseDuration(text);
        if (seconds === undefined) return;
        assert.ok(Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= longestDuration);
      }),
    );
  });
});

describe('the longest duration', () => {
  it('is 50 years, and fits an integer of PostgreSQL', () => {
    assert.equal(longestDuration, 50 * 365 * 86_400);
    assert.ok(longestDuration < 2 ** 31);
  });
});

describe('a duration that is written', () => {
  const cases: [seconds: number, text: string][] = [
    [0, '0s'],
    [1, '1s'],
    [59, '59s'],
    [60, '1m'],
    [61, '61s'],
    [90, '90s'],
    [3600, '1h'],
    [5400, '90m'],
    [86_400, '1d'],
    [90_000, '25h'],
    [longestDuration, '18250d'],
  ];
  for (const [seconds, text] of cases) {
    it(`is ${text} for ${seconds} s`, () => assert.equal(formatDuration(seconds), text));
  }

  it('reads back as the same seconds', () => {
    fc.assert(
      fc.property(everySecond, (seconds) => assert.equal(parseDuration(formatDuration(seconds)), seconds)),
    );
  });

  it('is the shortest text that does', () => {
    fc.assert(
      fc.property(everySecond, fc.constantFrom('s', 'm', 'h', 'd'), (seconds, unit) => {
        const count = seconds / { s: 1, m: 60, h: 3600, d: 86_400 }[unit];
        fc.pre(Number.isInteger(count));
        assert.ok(formatDuration(seconds).length <= `${count}${unit}`.length);
      }),
    );
  });
});

describe('a duration for people', () => {
  const cases: [seconds: number, words: string][] = [
    [0, '0 seconds'],
    [1, '1 second'],
    [2, '2 seconds'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [120, '2 minutes'],
    [125, '2 minutes 5 seconds'],
    [1800, '30 minutes'],
    [3600, '1 hour'],
    [5400, '1 hour 30 minutes'],
    [28_800, '8 hours'],
    [86_400, '1 day'],
    [129_600, '1 day 12 hours'],
    [2_592_000, '30 days'],
    [longestDuration, '18250 days'],
  ];
  for (const [seconds, words] of cases) {
    it(`is "${words}" for ${seconds} s`, () => assert.equal(describeDuration(seconds), words));
  }

  it('has at most two units, and one is never "1 …s"', () => {
    fc.assert(
      fc.property(everySecond, (seconds) => {
        const words = describeDuration(seconds);
        assert.match(words, /^\d+ (day|hour|minute|second)s?( \d+ (hour|minute|second)s?)?$/);
        for (const [, count, plural] of words.matchAll(/(\d+) [a-z]+?(s?)\b/g)) {
          assert.equal(plural, count === '1' ? '' : 's', words);
        }
      }),
    );
  });

  it('never says more than there is', () => {
    const unitSeconds: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400 };
    fc.assert(
      fc.property(everySecond, (seconds) => {
        let said = 0;
        for (const [, count, unit = ''] of describeDuration(seconds).matchAll(/(\d+) ([a-z]+?)s?\b/g)) {
          said += Number(count) * (unitSeconds[unit] ?? Number.NaN);
        }
        assert.ok(said <= seconds && (said === seconds || seconds >= 3600));
      }),
    );
  });
});
