import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JWK, JWTPayload } from 'jose';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** The `jti` of an access token names its family, so that it can be looked up and revoked later. */
export function nameFamily(jti: string, familyId: string | undefined): string {
  return familyId === undefined ? jti : `${familyId}~${jti}`;
}

export function readFamilyId({ jti }: JWTPayload): string | undefined {
  return new RegExp(`^(${uuid})~`).exec(jti ?? '')?.[1];
}

export type VerifyAccessToken = (token: string) => Promise<JWTPayload | undefined>;

/** Check an RFC 9068 access token of this issuer; undefined for anything else, expired ones included. */
export function createVerifyAccessToken(issuer: string, signingKeys: JWK[]): VerifyAccessToken {
  const keys = createLocalJWKSet({ keys: signingKeys.map(publicPart) });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, typ: 'at+jwt' });
      return payload;
    } catch {
      return undefined;
    }
  };
}

function publicPart({ kty, kid, alg, use, crv, x, y, n, e }: JWK): JWK {
  return Object.fromEntries(
    Object.entries({ kty, kid, alg, use, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  );
}

/** A compact JWS: three parts, of which the first is a JSON object. */
export function looksLikeJwt(token: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token);
}
