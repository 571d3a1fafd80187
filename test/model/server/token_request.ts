import { randomUUID } from 'node:crypto';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { clients } from '../gate/scenario.ts';
import { clientSecret } from './stage_configuration.ts';
import type { Stage } from './stage.ts';

export interface TokenResponse {
  status: number;
  body: Record<string, unknown>;
}

/** Keys for DPoP proofs, by the name that the model has for them. */
const keys = new Map(
  await Promise.all(['first', 'second'].map(async (name) => [name, await makeKey()] as const)),
);

async function makeKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) };
}

export function thumbprintOf(key: string | undefined): string | null {
  return keys.get(key ?? '')?.thumbprint ?? null;
}

let nonce: string | undefined;

/** A request at the token endpoint of an instance, or at one of its neighbours; the nonce for a proof is fetched on the way. */
export async function postToken(
  stage: Stage,
  request: {
    form: Record<string, string>;
    client: string;
    key?: string | undefined;
    instance: number;
    path?: string;
  },
): Promise<TokenResponse> {
  const { path = '/token', instance, key } = request;
  const headers: Record<string, string> = { accept: 'application/json' };
  const form = new URLSearchParams(request.form);
  const isPublic = clients.find(({ clientId }) => clientId === request.client)?.public;
  if (isPublic) form.set('client_id', request.client);
  else headers.authorization = `Basic ${Buffer.from(`${request.client}:${clientSecret}`).toString('base64')}`;
  for (;;) {
    if (key) headers.dpop = await signProof(`${stage.issuer}${path}`, key);
    const response = await fetch(`${stage.addresses[instance]}${path}`, {
      method: 'POST',
      body: form,
      headers,
    });
    const text = await response.text();
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    if (body.error !== 'use_dpop_nonce') return { status: response.status, body };
    nonce = response.headers.get('dpop-nonce') ?? undefined;
  }
}

async function signProof(htu: string, name: string): Promise<string> {
  const key = keys.get(name);
  if (!key) throw new Error(`There is no key ${name}.`);
  return await new SignJWT({ htu, htm: 'POST', jti: randomUUID(), ...(nonce ? { nonce } : {}) })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk })
    .setIssuedAt(Math.floor(Date.now() / 1000))
    .sign(key.privateKey);
}
