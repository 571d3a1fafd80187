import assert from 'node:assert/strict';
import fc from 'fast-check';
import { generateSecret, hashToken, matchesHash } from '../../src/credentials/token_hash.ts';

describe('the hash of a token', () => {
  const vectors: [token: string, hash: string][] = [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['ü', '607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f'],
  ];
  for (const [token, hash] of vectors) {
    it(`is SHA-256 for ${JSON.stringify(token)}`, () => assert.equal(hashToken(token).toString('hex'), hash));
  }

  it('is 32 bytes, and the same each time', () => {
    fc.assert(
      fc.property(fc.string(), (token) => {
        assert.equal(hashToken(token).length, 32);
        assert.deepEqual(hashToken(token), hashToken(token));
      }),
    );
  });
});

describe('a secret and a hash', () => {
  const cases: [what: string, secret: string, hash: Buffer, matches: boolean][] = [
    ['match where the secret is the one', 'abc', hashToken('abc'), true],
    ['do not match where it is another', 'abd', hashToken('abc'), false],
    ['do not match where only the case differs', 'ABC', hashToken('abc'), false],
    ['do not match where the secret is a prefix', 'ab', hashToken('abc'), false],
    ['do not match where the secret is empty', '', hashToken('abc'), false],
    ['do not match where the hash is empty', 'abc', Buffer.alloc(0), false],
    ['do not match where the hash is cut short', 'abc', hashToken('abc').subarray(0, 31), false],
    [
      'do not match where the hash is longer',
      'abc',
      Buffer.concat([hashToken('abc'), Buffer.alloc(1)]),
      false,
    ],
    ['do not match where the hash is the secret itself', 'abc', Buffer.from('abc'), false],
  ];
  for (const [what, secret, hash, matches] of cases) {
    it(what, () => assert.equal(matchesHash(secret, hash), matches));
  }

  it('do not match where one bit of the hash differs', () => {
    for (let bit = 0; bit < 256; bit += 1) {
      const hash = hashToken('abc');
      hash.writeUInt8(hash.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.equal(matchesHash('abc', hash), false);
    }
  });
});

describe('a generated secret', () => {
  it('is 256 bits in base64url', () => {
    const secret = generateSecret();
    assert.match(secret, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(Buffer.from(secret, 'base64url').length, 32);
  });

  it('is another one each time', () => {
    const secrets = Array.from({ length: 1000 }, generateSecret);
    assert.equal(new Set(secrets).size, 1000);
  });
});
