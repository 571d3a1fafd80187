import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  generateRecoveryCodes,
  normalizeRecoveryCode,
  recoveryCodeCount,
} from '../../src/credentials/recovery_codes.ts';

describe('recovery codes', () => {
  it('are ten, of 80 bits each in groups of four, without look-alikes', () => {
    const codes = generateRecoveryCodes();
    assert.equal(codes.length, recoveryCodeCount);
    assert.equal(recoveryCodeCount, 10);
    for (const code of codes) assert.match(code, /^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
  });

  it('are other ones each time', () => {
    const codes = Array.from({ length: 200 }, generateRecoveryCodes).flat();
    assert.equal(new Set(codes).size, codes.length);
  });

  it('use every letter of their alphabet about equally often', () => {
    const counts = new Map<string, number>();
    const letters = Array.from({ length: 400 }, generateRecoveryCodes).flat().join('').replaceAll('-', '');
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    assert.equal(counts.size, 32);
    const even = letters.length / 32;
    for (const [letter, count] of counts)
      assert.ok(Math.abs(count - even) < even * 0.25, `${letter}: ${count}`);
  });
});

describe('a recovery code that is typed', () => {
  it('means itself', () => {
    for (const code of generateRecoveryCodes()) assert.equal(normalizeRecoveryCode(code), code);
  });

  const ways: [what: string, type: (code: string) => string][] = [
    ['in capitals', (code) => code.toUpperCase()],
    ['without dashes', (code) => code.replaceAll('-', '')],
    ['with spaces instead of dashes', (code) => code.replaceAll('-', ' ')],
    ['with spaces and line breaks around', (code) => ` ${code}\r\n`],
    ['in groups of two', (code) => code.replaceAll('-', '').replace(/(..)/g, '$1 ')],
    ['with O for 0', (code) => code.replaceAll('0', 'O')],
    ['with o for 0', (code) => code.replaceAll('0', 'o')],
    ['with I for 1', (code) => code.replaceAll('1', 'I')],
    ['with l for 1', (code) => code.replaceAll('1', 'l')],
  ];
  for (const [what, type] of ways) {
    it(`means the same ${what}`, () => {
      for (const code of [...generateRecoveryCodes(), '0101-1010-0011-1100']) {
        assert.equal(normalizeRecoveryCode(type(code)), code);
      }
    });
  }

  it('means the same read once or twice, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = normalizeRecoveryCode(text);
        assert.equal(normalizeRecoveryCode(once), once);
      }),
    );
  });

  it('means no other code of the set', () => {
    const codes = generateRecoveryCodes().map(normalizeRecoveryCode);
    assert.equal(new Set(codes).size, recoveryCodeCount);
  });
});
