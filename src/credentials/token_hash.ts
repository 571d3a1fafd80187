import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a token, code, cookie or client secret: all that is stored of it. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** A random secret of 256 bits, base64url. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether `secret` hashes to `expected`, in constant time. */
export function matchesHash(secret: string, expected: Buffer): boolean {
  const actual = hashToken(secret);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
