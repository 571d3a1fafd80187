import { importJWK, SignJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import type { SigningAlgorithm } from './signing_keys.ts';

export type SignJwt = (
  payload: JWTPayload,
  header: { alg: SigningAlgorithm; typ: string },
) => Promise<string>;

/** Signs with the first of these private keys that has the algorithm. */
export function createJwtSigner(keys: readonly JWK[]): SignJwt {
  const imported = new Map<string, Promise<Awaited<ReturnType<typeof importJWK>>>>();
  return async (payload, { alg, typ }) => {
    const jwk = keys.find((key) => key.alg === alg);
    if (!jwk) throw new Error(`There is no ${alg} key.`);
    const key = imported.get(alg) ?? importJWK(jwk, alg);
    imported.set(alg, key);
    return await new SignJWT(payload)
      .setProtectedHeader({ alg, typ, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .sign(await key);
  };
}
