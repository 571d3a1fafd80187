import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSuccessor, sealSuccessor } from '../../src/credentials/successor_seal.ts';
import { generateSecret, hashToken } from '../../src/credentials/token_hash.ts';

const successor = 'the successor, never stored as it is';
const presented = 'the presented token';
const windowSecret = Buffer.alloc(32, 'a window');
const seal = () => sealSuccessor(successor, presented, windowSecret);

describe('a sealed successor', () => {
  it('opens for the presented token and the secret of its window', () =>
    assert.equal(openSuccessor(seal(), presented, windowSecret), successor));

  it('opens whatever the tokens are', () => {
    const texts = fc.string({ maxLength: 100 });
    const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(texts, texts, secrets, (token, rotated, bytes) => {
        const secret = Buffer.from(bytes);
        assert.equal(openSuccessor(sealSuccessor(token, rotated, secret), rotated, secret), token);
      }),
    );
  });

  const others = ['', 'the presented toke', 'the presented token ', 'The presented token', generateSecret()];
  for (const other of others) {
    it(`does not open for another token: ${JSON.stringify(other.slice(0, 20))}`, () =>
      assert.throws(() => openSuccessor(seal(), other, windowSecret)));
  }

  it('does not open for the hash of the token, which is what a stolen table has', () => {
    const hash = hashToken(presented);
    for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      assert.throws(() => openSuccessor(seal(), hash.toString(encoding), windowSecret));
    }
  });

  it('does not open with the secret of another window', () => {
    for (const other of [
      Buffer.alloc(32, 'another window'),
      Buffer.alloc(32),
      windowSecret.subarray(0, 31),
    ]) {
      assert.throws(() => openSuccessor(seal(), presented, other));
    }
  });

  it('does not open with token and window exchanged', () =>
    assert.throws(() => openSuccessor(seal(), windowSecret.toString('utf8'), Buffer.from(presented))));

  it('does not open with any bit changed', () => {
    const sealed = seal();
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      assert.throws(() => openSuccessor(altered, presented, windowSecret));
    }
  });

  it('does not open cut short', () => {
    const sealed = seal();
    for (const length of [0, 12, 16, 27, 28, sealed.length - 1]) {
      assert.throws(() => openSuccessor(sealed.subarray(0, length), presented, windowSecret));
    }
  });

  it('looks different each time, and shows neither token', () => {
    const sealed = Array.from({ length: 100 }, seal);
    assert.equal(new Set(sealed.map((bytes) => bytes.toString('hex'))).size, 100);
    for (const bytes of sealed) assert.ok(!bytes.includes(successor) && !bytes.includes(presented));
  });

  it('tells nothing of the tokens when it does not open', () => {
    assert.throws(
      () => openSuccessor(seal(), 'another token', windowSecret),
      ({ message, stack }: Error) =>
        [successor, 'another token'].every((text) => !`${message}${stack}`.includes(text)),
    );
  });
});
