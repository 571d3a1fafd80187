import assert from 'node:assert/strict';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { generateSigningKey, signingAlgorithms } from '../../src/credentials/signing_keys.ts';
import type { SigningKey } from '../../src/credentials/signing_keys.ts';

const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

describe('the signing algorithms', () => {
  it('are ES256, then RS256', () => assert.deepEqual(signingAlgorithms, ['ES256', 'RS256']));
});

for (const algorithm of signingAlgorithms) {
  describe(`a generated signing key for ${algorithm}`, () => {
    let key: SigningKey;

    before(async () => {
      key = await generateSigningKey(algorithm);
    });

    it('says its id, algorithm and use in both halves', () => {
      assert.equal(key.algorithm, algorithm);
      for (const { kid, alg, use } of [key.publicJwk, key.privateJwk]) {
        assert.deepEqual([kid, alg, use], [key.keyId, algorithm, 'sig']);
      }
    });

    it('has an id of 16 characters that may stand in a URL', () => assert.match(key.keyId, /^[\w-]{16}$/));

    it('has nothing secret in its public half', () => {
      assert.deepEqual(
        Object.keys(key.publicJwk).filter((member) => secretMembers.includes(member)),
        [],
      );
      assert.ok(key.privateJwk.d);
    });

    it('has a public half that is part of its private one', () => {
      assert.deepEqual({ ...key.privateJwk, ...key.publicJwk }, key.privateJwk);
    });

    it('verifies with one half what the other one signed', async () => {
      const payload = new TextEncoder().encode('a token');
      const token = await new CompactSign(payload)
        .setProtectedHeader({ alg: algorithm })
        .sign(await importJWK(key.privateJwk, algorithm));
      const verified = await compactVerify(token, await importJWK(key.publicJwk, algorithm));
      assert.deepEqual(Buffer.from(verified.payload), Buffer.from(payload));
    });

    it('verifies nothing that another key signed', async () => {
      const other = await generateSigningKey(algorithm);
      assert.notEqual(other.keyId, key.keyId);
      const token = await new CompactSign(new Uint8Array(4))
        .setProtectedHeader({ alg: algorithm })
        .sign(await importJWK(other.privateJwk, algorithm));
      const publicKey = await importJWK(key.publicJwk, algorithm);
      await assert.rejects(compactVerify(token, publicKey), {
        code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      });
    });
  });
}

describe('the kind of a generated signing key', () => {
  it('is P-256 for ES256', async () => {
    const { publicJwk } = await generateSigningKey('ES256');
    assert.deepEqual([publicJwk.kty, publicJwk.crv], ['EC', 'P-256']);
  });

  it('is RSA of 2048 bits for RS256', async () => {
    const { publicJwk } = await generateSigningKey('RS256');
    assert.equal(publicJwk.kty, 'RSA');
    assert.equal(Buffer.from(publicJwk.n ?? '', 'base64url').length * 8, 2048);
  });
});
