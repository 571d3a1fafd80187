import { readFileSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';

export interface ServiceKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** What everybody may know. */
  readonly publicJwk: JWK;
}

/** The key in `file`; where there is none, a new one, which nobody else may read. */
export async function readKey(file: string): Promise<ServiceKey> {
  const jwk = readIfThere(file) ?? (await makeKey(file));
  const { d: _, ...rest } = jwk;
  const kid = await calculateJwkThumbprint(jwk);
  const privateKey = (await importJWK(jwk, 'ES256')) as CryptoKey;
  return { kid, privateKey, publicJwk: { ...rest, kid, alg: 'ES256', use: 'sig' } };
}

function readIfThere(file: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
}

async function makeKey(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  writeFileSync(file, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
  return jwk;
}
