import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { publicPart } from '../credentials/signing_keys.ts';
import { hashToken } from '../credentials/token_hash.ts';
import { insertClientToken } from '../store/access_tokens.ts';
import type { KeySet, KeySource } from './key_source.ts';
import type { RequestContext } from './request_context.ts';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** The `jti` of an access token names its family, so that it can be looked up and revoked later. */
export function nameFamily(jti: string, familyId: string | undefined): string {
  return familyId === undefined ? jti : `${familyId}~${jti}`;
}

export function readFamilyId({ jti }: JWTPayload): string | undefined {
  return new RegExp(`^(${uuid})~`).exec(jti ?? '')?.[1];
}

/** What a JWT without a family is stored under: no client ever sends it as a token. */
export function nameStandalone({ jti }: JWTPayload): string {
  return `jti:${jti ?? ''}`;
}

/** A JWT without a family is stored, so that it can be looked up and revoked like the others. */
export function storeStandalone(
  context: RequestContext,
  { kind, clientId }: SignedToken,
  claims: JWTPayload,
): void {
  const hash = hashToken(nameStandalone(claims));
  const token = { hash, expiresAt: (claims.exp ?? 0) * 1_000_000 };
  if (kind !== 'ClientCredentials') context.accessToken = token;
  else context.effects.dependent.push((tx) => insertClientToken(tx, clientId ?? '', token));
}

interface SignedToken {
  kind: string;
  clientId?: string | undefined;
}

export type VerifyAccessToken = (token: string) => Promise<JWTPayload | undefined>;

/**
 * Check an RFC 9068 access token of this issuer; undefined for anything else, expired ones included. A key that is not
 * known here may be one that another instance made just now: the database is asked once.
 */
export function createVerifyAccessToken(
  issuer: string,
  source: Pick<KeySource, 'current' | 'refresh'>,
): VerifyAccessToken {
  const verifiers = new WeakMap<KeySet, ReturnType<typeof createLocalJWKSet>>();
  const verify = async (token: string, set: KeySet) => {
    const keys = verifiers.get(set) ?? createLocalJWKSet({ keys: set.tokens.map(publicPart) });
    verifiers.set(set, keys);
    const { payload } = await jwtVerify(token, keys, { issuer, typ: 'at+jwt' });
    return payload;
  };
  return async (token) => {
    const known = source.current();
    try {
      return await verify(token, known);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) return undefined;
    }
    const newer = await source.refresh();
    return newer === known ? undefined : await verify(token, newer).catch(() => undefined);
  };
}

/** A compact JWS: three parts, of which the first is a JSON object. */
export function looksLikeJwt(token: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token);
}
