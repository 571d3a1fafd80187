import assert from 'node:assert/strict';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';

/**
 * Verifies as an API does that never looks for keys before its copy of them is too old, however unknown a token's key:
 * it keeps what it fetched for as long as the answer's `Cache-Control` says, or `keepsFor` seconds, counted from the
 * request.
 */
export function createStrictVerifier(
  urls: readonly string[],
  { keepsFor }: { keepsFor?: number } = {},
): {
  verify(token: string): Promise<JWTPayload>;
  /** The ids of the keys in the copy at hand. */
  keyIds(): string[];
} {
  let copy: { set: JSONWebKeySet; keys: ReturnType<typeof createLocalJWKSet>; until: number } | undefined;
  let fetches = 0;

  async function fetchKeys() {
    const asked = performance.now();
    const response = await fetch(urls[fetches % urls.length] ?? '');
    fetches += 1;
    const set = (await response.json()) as JSONWebKeySet;
    const maxAge = Number(/^public, max-age=(\d+)$/.exec(response.headers.get('cache-control') ?? '')?.[1]);
    assert.ok(maxAge > 0, 'the keys say for how long they may be kept');
    copy = { set, keys: createLocalJWKSet(set), until: asked + (keepsFor ?? maxAge) * 1000 };
    return copy;
  }

  return {
    async verify(token) {
      const currentDate = new Date();
      const at = copy && performance.now() < copy.until ? copy : await fetchKeys();
      return (await jwtVerify(token, at.keys, { currentDate })).payload;
    },
    keyIds: () => copy?.set.keys.map(({ kid }) => kid ?? '') ?? [],
  };
}
