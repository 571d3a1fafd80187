import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { ExternalSigningKey } from 'oidc-provider';

/**
 * Private keys as the library takes them. ES256 signs here and now: that takes less time than the way to
 * the thread pool and back, which the library would go. An RS256 signature takes a millisecond and goes there.
 */
export function librarySigningKeys(keys: readonly JWK[]): (JWK | ExternalSigningKey)[] {
  return keys.map((key) => (key.alg === 'ES256' ? new ImmediateKey(key) : key));
}

class ImmediateKey extends ExternalSigningKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor(jwk: JWK) {
    super();
    Object.assign(this, { kid: jwk.kid, alg: jwk.alg });
    this.#privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    this.#publicKey = createPublicKey(this.#privateKey);
  }

  override keyObject(): KeyObject {
    return this.#publicKey;
  }

  override sign(data: Uint8Array): Buffer {
    return sign('sha256', data, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
  }
}
