import assert from 'node:assert/strict';
import { hashPassword, verifyPassword } from '../../src/credentials/passwords.ts';

describe('the hash of a password', () => {
  it('is an argon2id PHC string of at least 19 MiB, two passes and one lane', async () => {
    const hash = await hashPassword('correct horse battery staple');
    const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
    assert.ok(match, hash);
    const [, memory, passes, lanes, salt = '', digest = ''] = match;
    assert.ok(Number(memory) >= 19_456 && Number(passes) >= 2 && Number(lanes) >= 1, hash);
    assert.ok(Buffer.from(salt, 'base64').length >= 16);
    assert.ok(Buffer.from(digest, 'base64').length >= 32);
  });

  it('is another one each time', async () => {
    const hashes = await Promise.all(['same', 'same', 'same'].map(hashPassword));
    assert.equal(new Set(hashes).size, 3);
  });

  it('says nothing of the password', async () =>
    assert.ok(!(await hashPassword('correct horse')).includes('correct horse')));
});

describe('the verification of a password', () => {
  const long = 'a very long passphrase '.repeat(500);
  const right: [what: string, stored: string, given: string][] = [
    ['the same', 'correct horse', 'correct horse'],
    ['ten thousand characters', long, long],
    ['several scripts', 'пароль-密码-كلمة-🗝️', 'пароль-密码-كلمة-🗝️'],
    ['spaces at both ends', '  kept  ', '  kept  '],
    ['a NUL within', 'a\u0000b', 'a\u0000b'],
    ['letters composed, then decomposed', 'Z\u00fcrich', 'Zu\u0308rich'],
    ['letters decomposed, then composed', 'Zu\u0308rich', 'Z\u00fcrich'],
    ['a ligature, then its letters (NFKC)', '\ufb01sh and chips', 'fish and chips'],
    ['full width, then ASCII (NFKC)', '\uff11\uff12\uff13\uff14abcd', '1234abcd'],
    ['the ångström sign, then the letter', '\u212b ngstrom', '\u00c5 ngstrom'],
  ];
  for (const [what, stored, given] of right) {
    it(`passes with ${what}`, async () =>
      assert.equal(await verifyPassword(await hashPassword(stored), given), true));
  }

  const wrong: [what: string, stored: string, given: string][] = [
    ['another', 'correct horse', 'staple battery'],
    ['another case', 'correct horse', 'Correct horse'],
    ['a space more', 'correct horse', 'correct horse '],
    ['nothing', 'correct horse', ''],
    ['a character less at the end of ten thousand', long, long.slice(0, -1)],
    ['another one after the 72nd byte', `${'x'.repeat(72)}a`, `${'x'.repeat(72)}b`],
    ['the part before a NUL', 'a\u0000b', 'a'],
    ['a letter without its accent', 'Zürich', 'Zurich'],
    ['another emoji', 'key 🗝', 'key 🔑'],
  ];
  for (const [what, stored, given] of wrong) {
    it(`fails with ${what}`, async () =>
      assert.equal(await verifyPassword(await hashPassword(stored), given), false));
  }

  it('fails with the hash itself as the password', async () => {
    const hash = await hashPassword('correct horse');
    assert.equal(await verifyPassword(hash, hash), false);
  });
});

describe('the verification of a password without an account', () => {
  for (const password of ['correct horse', '', 'no account has this password']) {
    it(`fails: ${JSON.stringify(password)}`, async () =>
      assert.equal(await verifyPassword(undefined, password), false));
  }

  it('does the same work', async () => {
    const hash = await hashPassword('correct horse');
    await verifyPassword(undefined, 'warm up');
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      known.push(await measureWork(hash));
      unknown.push(await measureWork(undefined));
    }
    // Processor time, the least of several: what else the machine does hardly counts.
    const ratio = Math.min(...unknown) / Math.min(...known);
    assert.ok(ratio > 0.5 && ratio < 2, `${ratio}`);
  });

  async function measureWork(hash: string | undefined): Promise<number> {
    const before = process.cpuUsage();
    assert.equal(await verifyPassword(hash, 'staple battery'), false);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }
});
