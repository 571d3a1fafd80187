import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a token, code, cookie or client secret: all that is stored of it. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** A random secret of 256 bits, base64url. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether `secret` hashes to `hash`, in constant time. */
export function matchesHash(secret: string, hash: Buffer): boolean {
  const actual = hashToken(secret);
  return actual.length === hash.length && timingSafeEqual(actual, hash);
}
