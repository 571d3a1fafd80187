import assert from 'node:assert/strict';
import { findPasswordFault } from '../../src/credentials/password_faults.ts';
import type { PasswordFault } from '../../src/credentials/password_faults.ts';

const words = ['ada', 'ada.lovelace@example.com', 'Ada Lovelace', 'Curfew'];
const judge = (password: string, shortest = 15) => findPasswordFault(password, { shortest, words });

describe('a new password', () => {
  const rows: [what: string, password: string, fault: PasswordFault | undefined, shortest?: number][] = [
    ['of 15 characters', 'tin kettle moss', undefined],
    ['of 14 characters', 'tin kettle mos', 'too_short'],
    ['of 8 characters, where a second factor is always asked for', 'kettle7m', undefined, 8],
    ['of 7 characters even there', 'kettle7', 'too_short', 8],
    ['of one kind of characters', 'kettlemossharbour', undefined],
    ['of characters that are two code units each, counted as one', '🫖'.repeat(7), 'too_short'],
    ['of 1024 characters', 'kettle moss '.repeat(86).slice(0, 1024), undefined],
    ['of 1025 characters', 'kettle moss '.repeat(86).slice(0, 1025), 'too_long'],
    ['that everybody has', '1qaz2wsx3edc4rfv', 'common'],
    ['that everybody has, in capitals', 'PASSWORD1', 'common', 8],
    ['that everybody has, twice', 'passwordpassword', 'common'],
    ['of one character', 'a'.repeat(20), 'common'],
    ['of a few characters over and over', 'abc1'.repeat(5), 'common'],
    ['of the username over and over, with a number', 'ada-ada-ada-ada-2026', 'about_you'],
    ['of the e-mail address', 'ada.lovelace@example.com', 'about_you'],
    ['of the name and that of the service', 'LovelaceCurfew2026', 'about_you'],
    ['of signs alone', '§%–&·¶!?+*~#=:;', undefined],
    ['with the name among much else', 'lovelace would not guess', undefined],
  ];
  for (const [what, password, fault, shortest] of rows) {
    it(`${what} is ${fault ?? 'taken'}`, async () => assert.equal(await judge(password, shortest), fault));
  }

  it('is common whatever form of Unicode it comes in', async () =>
    assert.equal(await judge('ｐａｓｓｗｏｒｄ１', 8), 'common'));
});
