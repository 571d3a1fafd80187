import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

/** Resolves to the claims; undefined for a token that must not be accepted. Throws without the issuer's keys. */
export type TokenVerifier = (token: string) => Promise<JWTPayload | undefined>;

/** Verifies access tokens of one issuer for one audience as RFC 9068 §4 says. */
export function createTokenVerifier(issuer: string, audience: string): TokenVerifier {
  let keys: ReturnType<typeof findKeys> | undefined;
  return async (token) => {
    try {
      // Asked for at the first use and until it succeeds: this API may start before the issuer.
      keys ??= findKeys(issuer);
      const { payload } = await jwtVerify(token, await keys, {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: ['ES256', 'RS256'],
        requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      });
      // Bound to a key (RFC 9449, RFC 8705), it is worth nothing without a proof, which nobody checks here.
      return payload.cnf === undefined ? payload : undefined;
    } catch (fault) {
      if (fault instanceof errors.JOSEError && !outages.has(fault.code)) return undefined;
      keys = undefined;
      throw fault;
    }
  };
}

/** What jose says when it cannot read the keys. */
const outages = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']);

/** The keys that the issuer's metadata (OpenID Connect Discovery §4) names. */
async function findKeys(issuer: string) {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(5000) });
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (metadata.issuer !== issuer) throw new Error(`${address} is not about ${issuer}`);
  return createRemoteJWKSet(new URL(String(metadata.jwks_uri)));
}
