import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addSeconds,
  formatInstant,
  fromEpochMilliseconds,
  toEpochSeconds,
  wholeSecondsBetween,
} from '../../src/domain/instants.ts';
import { longestDuration } from '../../src/domain/durations.ts';

const latest = Date.UTC(2200, 0, 1) * 1000;
const instants = fc.integer({ min: 0, max: latest });

describe('an instant', () => {
  it('is exact to the microsecond, even after the longest duration', () => {
    fc.assert(
      fc.property(instants, fc.nat({ max: longestDuration }), (instant, seconds) => {
        const later = addSeconds(instant, seconds);
        assert.ok(Number.isSafeInteger(later));
        assert.equal(BigInt(later), BigInt(instant) + BigInt(seconds) * 1_000_000n);
        assert.notEqual(later + 1, later);
      }),
    );
  });

  const fractions: [seconds: number, micros: number][] = [
    [0.000001, 1],
    [0.1, 100_000],
    [0.3, 300_000],
    [1.1, 1_100_000],
    [2.675, 2_675_000],
    [-1.5, -1_500_000],
    [0, 0],
  ];
  for (const [seconds, micros] of fractions) {
    it(`moves by ${micros} µs for ${seconds} s`, () =>
      assert.equal(addSeconds(1_700_000_000_123_457, seconds), 1_700_000_000_123_457 + micros));
  }

  it('is a thousand times the milliseconds of a Date', () => {
    assert.equal(fromEpochMilliseconds(1_700_000_000_123), 1_700_000_000_123_000);
    assert.equal(fromEpochMilliseconds(0), 0);
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2255-01-01') }), (date) => {
        assert.equal(fromEpochMilliseconds(date.getTime()) / 1000, date.getTime());
      }),
    );
  });
});

describe('whole seconds between two instants', () => {
  const cases: [from: number, to: number, seconds: number][] = [
    [0, 0, 0],
    [0, 1, 0],
    [0, 999_999, 0],
    [0, 1_000_000, 1],
    [0, 1_000_001, 1],
    [0, 1_999_999, 1],
    [1, 1_000_000, 0],
    [1_700_000_000_123_457, 1_700_000_060_123_456, 59],
    [1_700_000_000_123_457, 1_700_000_060_123_457, 60],
    [1, 0, 0],
    [5_000_000, 0, 0],
  ];
  for (const [from, to, seconds] of cases) {
    it(`are ${seconds} from ${from} to ${to}`, () => assert.equal(wholeSecondsBetween(from, to), seconds));
  }

  it('are rounded down: a client is never told of a second that it does not have', () => {
    fc.assert(
      fc.property(instants, instants, (from, to) => {
        const seconds = wholeSecondsBetween(from, to);
        assert.ok(seconds >= 0 && Number.isInteger(seconds));
        if (from > to) assert.equal(seconds, 0);
        else assert.ok(addSeconds(from, seconds) <= to && to < addSeconds(from, seconds + 1));
      }),
    );
  });
});

describe('Unix time in whole seconds', () => {
  const cases: [instant: number, seconds: number][] = [
    [0, 0],
    [999_999, 0],
    [1_000_000, 1],
    [1_700_000_000_999_999, 1_700_000_000],
    [-1, -1],
  ];
  for (const [instant, seconds] of cases) {
    it(`is ${seconds} for ${instant}`, () => assert.equal(toEpochSeconds(instant), seconds));
  }

  it('is never after the instant, and less than a second before', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const before = instant - toEpochSeconds(instant) * 1_000_000;
        assert.ok(before >= 0 && before < 1_000_000);
      }),
    );
  });
});

describe('an instant that is written', () => {
  const cases: [instant: number, text: string][] = [
    [0, '1970-01-01T00:00:00.000000Z'],
    [1, '1970-01-01T00:00:00.000001Z'],
    [999_999, '1970-01-01T00:00:00.999999Z'],
    [1_700_000_000_123_457, '2023-11-14T22:13:20.123457Z'],
    [1_700_000_000_000_007, '2023-11-14T22:13:20.000007Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
  ];
  for (const [instant, text] of cases) {
    it(`is ${text} for ${instant}`, () => assert.equal(formatInstant(instant), text));
  }

  it('keeps every microsecond, and sorts as time does', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const [textOfA, textOfB] = [formatInstant(a), formatInstant(b)];
        const micros = Date.parse(textOfA.slice(0, 23).concat('Z')) * 1000 + Number(textOfA.slice(23, 26));
        assert.equal(micros, a);
        assert.equal(a < b, textOfA < textOfB);
      }),
    );
  });
});
