import assert from 'node:assert/strict';
import { describeLease, parseLease } from '../../src/domain/leases.ts';

const asked = { type: 'curfew_lease', duration: '8h', purpose: 'Nightly books' };

describe('a lease as authorization_details ask for it', () => {
  it('has a duration and a purpose', () =>
    assert.deepEqual(parseLease(asked), { lease: { duration: 28_800, purpose: 'Nightly books' } }));

  for (const duration of ['1s', '90s', '15m', '8h', '30d']) {
    it(`may last ${duration}, and is told so`, () => {
      const { lease } = parseLease({ ...asked, duration });
      assert.ok(lease);
      assert.deepEqual(parseLease({ ...describeLease(lease) }), { lease });
    });
  }

  for (const duration of [
    undefined,
    null,
    28_800,
    '28800',
    '0s',
    '-1s',
    '8 h',
    'PT8H',
    '1.5h',
    '',
    '8h8m',
    '99999d',
  ]) {
    it(`may not last ${JSON.stringify(duration)}`, () =>
      assert.match(parseLease({ ...asked, duration }).fault ?? '', /^duration must be a positive duration/));
  }

  for (const more of [{ locations: ['https://a.example'] }, { Purpose: 'x' }, { identifier: 'x' }]) {
    it(`has no member ${Object.keys(more).join()}`, () =>
      assert.match(parseLease({ ...asked, ...more }).fault ?? '', /only the members/));
  }

  for (const purpose of [
    'Nightly books',
    'Zahlen für März – „Abschluss“',
    'حسابات الليل',
    '<b>&amp;"',
    '🧾'.repeat(200),
  ]) {
    it(`may be for ${purpose.slice(0, 20)}`, () =>
      assert.equal(parseLease({ ...asked, purpose }).fault, undefined));
  }

  for (const purpose of [undefined, 7, ['x'], '', ' ', '\u00a0']) {
    it(`must say what for: ${JSON.stringify(purpose)}`, () =>
      assert.match(parseLease({ ...asked, purpose }).fault ?? '', /must say what for/));
  }

  it('must say what for in 200 characters', () =>
    assert.match(parseLease({ ...asked, purpose: 'x'.repeat(201) }).fault ?? '', /at most 200 characters/));

  const unfit = [
    0x00, 0x09, 0x0a, 0x1b, 0x7f, 0x85, 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069,
    0xd800,
  ];
  for (const code of unfit) {
    it(`has no U+${code.toString(16).padStart(4, '0')} in its purpose`, () =>
      assert.match(
        parseLease({ ...asked, purpose: `a${String.fromCharCode(code)}b` }).fault ?? '',
        /no control characters/,
      ));
  }
});
