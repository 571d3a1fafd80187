import { importJWK, SignJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import type { SigningAlgorithm } from './signing_keys.ts';

export type SignJwt = (
  payload: JWTPayload,
  header: { alg: SigningAlgorithm; typ: string },
) => Promise<string>;

type ImportedKey = Awaited<ReturnType<typeof importJWK>>;

/** Signs with the first of these private keys that has the algorithm; which ones they are is asked each time. */
export function createJwtSigner(keys: () => readonly JWK[]): SignJwt {
  const imported = new WeakMap<JWK, Promise<ImportedKey>>();
  return async (payload, { alg, typ }) => {
    const jwk = keys().find((key) => key.alg === alg);
    if (!jwk) throw new Error(`There is no ${alg} key.`);
    const key = imported.get(jwk) ?? importJWK(jwk, alg);
    imported.set(jwk, key);
    return await new SignJWT(payload)
      .setProtectedHeader({ alg, typ, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .sign(await key);
  };
}
