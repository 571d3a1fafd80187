import type { Instant } from './instants.ts';

export type SigningKeyState = 'next' | 'current' | 'previous';

/** A signing key without its halves: what it is for, and what happened to it. */
export interface SigningKeyTimes {
  keyId: string;
  purpose: string;
  algorithm: string;
  state: SigningKeyState;
  /** Since when it is published. */
  createdAt: Instant;
  /** Since when it signs; null: not yet. */
  activatedAt: Instant | null;
  replacedAt: Instant | null;
  /** When the last of what it signed is over, and it is removed; null: it signs, or will. */
  publishedUntil: Instant | null;
  /** Seconds for which a JWKS that was fetched just before it was made may be kept. */
  jwksMaxAge: number;
}

export interface KeySettings {
  /** How long a key signs, in seconds. */
  rotateEvery?: number;
  /** How long a relying party may keep a JWKS, in seconds. */
  jwksMaxAge?: number;
}

export const defaultRotateEvery = 90 * 86_400;
export const defaultJwksMaxAge = 3600;
