import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import type { SecretsAtRest } from './secrets_at_rest.ts';

/** ES256 for access tokens and most ID tokens; RS256 for clients that ask for it. */
export const signingAlgorithms = ['ES256', 'RS256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** What keys sign, and by which algorithms: CAEP wants RS256, and no key serves two ends. */
export const keyPurposes = {
  tokens: signingAlgorithms,
  security_events: ['RS256'],
} as const satisfies Record<string, readonly SigningAlgorithm[]>;
export type KeyPurpose = keyof typeof keyPurposes;

export interface SigningKey {
  keyId: string;
  algorithm: SigningAlgorithm;
  publicJwk: JWK;
  privateJwk: JWK;
}

/** A new key pair; its id comes from the RFC 7638 thumbprint. RSA keys have 2048 bits. */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, {
    extractable: true,
    modulusLength: 2048,
  });
  const bare = await exportJWK(publicKey);
  const keyId = createHash('sha256')
    .update(await calculateJwkThumbprint(bare))
    .digest('base64url')
    .slice(0, 16);
  const named = { kid: keyId, alg: algorithm, use: 'sig' };
  return {
    keyId,
    algorithm,
    publicJwk: { ...bare, ...named },
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
  };
}

/** The public part of a key, as it is published. */
export function publicPart({ kty, kid, alg, use, crv, x, y, n, e }: JWK): JWK {
  return Object.fromEntries(
    Object.entries({ kty, kid, alg, use, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  );
}

const context = (keyId: string): string => `signing_keys:private_sealed:${keyId}`;

/** A key as it is stored: its private half sealed. */
export function sealSigningKey(
  secrets: SecretsAtRest,
  { keyId, algorithm, publicJwk, privateJwk }: SigningKey,
) {
  const privateSealed = secrets.seal(Buffer.from(JSON.stringify(privateJwk)), context(keyId));
  return { keyId, algorithm, publicJwk: { ...publicJwk }, privateSealed };
}

/** The private key. Throws Problem `secret_wrong` when no secret opens it. */
export function openSigningKey(
  secrets: SecretsAtRest,
  { keyId, privateSealed }: { keyId: string; privateSealed: string },
): JWK {
  return JSON.parse(secrets.open(privateSealed, context(keyId)).toString('utf8')) as JWK;
}
