import assert from 'node:assert/strict';
import {
  findTotpStep,
  generateTotpSecret,
  totpLifetime,
  totpStepSeconds,
  totpUri,
} from '../../src/credentials/totp.ts';
import { totpCode } from '../support/totp.ts';

/** The secret of RFC 6238 appendix B in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const second = 1_000_000;
const step = 56_666_666;
/** The first microsecond of the step. */
const stepStart = step * 30 * second;
const code = totpCode(secret, step * 30_000);

describe('a secret of TOTP', () => {
  it('is 160 bits in base32', () => assert.match(generateTotpSecret(), /^[A-Z2-7]{32}$/));

  it('is another one each time', () =>
    assert.equal(new Set(Array.from({ length: 100 }, generateTotpSecret)).size, 100));

  it('is told to the authenticator with issuer and account', () => {
    const uri = new URL(totpUri(secret, { issuer: 'Acme & Söhne', account: 'ada@example.com' }));
    assert.equal(uri.protocol, 'otpauth:');
    assert.equal(uri.host, 'totp');
    assert.equal(decodeURIComponent(uri.pathname), '/Acme & Söhne:ada@example.com');
    assert.equal(uri.searchParams.get('secret'), secret);
    assert.equal(uri.searchParams.get('issuer'), 'Acme & Söhne');
    // RFC 6238's own values are what authenticators assume.
    assert.equal(uri.searchParams.get('algorithm') ?? 'SHA1', 'SHA1');
    assert.equal(uri.searchParams.get('digits') ?? '6', '6');
    assert.equal(uri.searchParams.get('period') ?? '30', String(totpStepSeconds));
  });
});

describe('a code of TOTP', () => {
  /** RFC 6238 appendix B, SHA-1, the last six digits of eight. */
  const vectors: [seconds: number, code: string][] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ];
  for (const [seconds, known] of vectors) {
    it(`is ${known} at ${seconds} (RFC 6238)`, async () => {
      assert.equal(totpCode(secret, seconds * 1000), known);
      assert.equal(await findTotpStep(secret, known, seconds * second), Math.floor(seconds / 30));
    });
  }

  const moments: [what: string, now: number, found: number | undefined][] = [
    ['the last microsecond before its step', stepStart - 1, undefined],
    ['the first microsecond of its step', stepStart, step],
    ['the last microsecond of its step', stepStart + 30 * second - 1, step],
    ['the first microsecond of the next step', stepStart + 30 * second, step],
    ['the last microsecond of the next step', stepStart + 60 * second - 1, step],
    ['the first microsecond after the next step', stepStart + 60 * second, undefined],
    ['a day later', stepStart + 86_400 * second, undefined],
  ];
  for (const [what, now, found] of moments) {
    it(`is ${found === undefined ? 'refused' : 'accepted'} at ${what}`, async () =>
      assert.equal(await findTotpStep(secret, code, now), found));
  }

  const strictMoments: [what: string, now: number, found: number | undefined][] = [
    ['the first microsecond of its step', stepStart, step],
    ['the last microsecond of its step', stepStart + 30 * second - 1, step],
    ['the first microsecond of the next step', stepStart + 30 * second, undefined],
    ['the last microsecond before its step', stepStart - 1, undefined],
  ];
  for (const [what, now, found] of strictMoments) {
    it(`is ${found === undefined ? 'refused' : 'accepted'} without past steps at ${what}`, async () =>
      assert.equal(await findTotpStep(secret, code, now, 0), found));
  }

  it('lives for one step, or for as many more as there may be past ones', () => {
    assert.deepEqual([totpLifetime(), totpLifetime(1), totpLifetime(0)], [60, 60, 30]);
  });

  const typed: [what: string, text: string, accepted: boolean][] = [
    ['as authenticators show it', `${code.slice(0, 3)} ${code.slice(3)}`, true],
    ['with a dash', `${code.slice(0, 3)}-${code.slice(3)}`, true],
    ['with spaces around', ` ${code} `, true],
    ['without its last digit', code.slice(0, 5), false],
    ['with a digit more', `${code}0`, false],
    ['with a digit in front', `0${code}`, false],
    ['empty', '', false],
    ['as letters', 'abcdef', false],
    ['with another sign', `+${code.slice(1)}`, false],
    [
      'in full-width digits',
      code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
      false,
    ],
    ['twice', `${code}${code}`, false],
    ['with a NUL', `${code}\u0000`, false],
  ];
  for (const [what, text, accepted] of typed) {
    it(`is ${accepted ? 'accepted' : 'refused'} typed ${what}`, async () =>
      assert.equal(await findTotpStep(secret, text, stepStart), accepted ? step : undefined));
  }

  it('is refused for another secret', async () => {
    const other = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    assert.equal(await findTotpStep(other, code, stepStart), undefined);
  });

  it('is one of a million: all others are refused', async () => {
    const accepted = [code, totpCode(secret, step * 30_000, -1)];
    for (let number = 0; number < 1_000_000; number += 7919) {
      const guess = String(number).padStart(6, '0');
      if (accepted.includes(guess)) continue;
      assert.equal(await findTotpStep(secret, guess, stepStart), undefined);
    }
  });
});
