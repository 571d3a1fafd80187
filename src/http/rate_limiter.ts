import { isIPv6 } from 'node:net';
import type { Context } from 'koa';
import { defaultRateLimits } from '../domain/rate_limits.ts';
import type { RateLimit, RateLimitKind, RateLimits } from '../domain/rate_limits.ts';

export interface RateLimiter {
  /** Seconds that the subject must still wait, as far as this process knows; 0: it may go on. Costs no query. */
  secondsToWait(kind: RateLimitKind, subject: string): number;
  /** Count one; the seconds to wait where it is beyond the limit, else 0. */
  count(kind: RateLimitKind, subject: string): Promise<number>;
}

export interface RateLimiterStore {
  /** As configured at this moment. */
  limits(): Partial<RateLimits>;
  count(key: string, limit: RateLimit): Promise<{ count: number; secondsLeft: number }>;
  /** Called once a window, whichever instance refuses first. */
  recordRefusal(kind: RateLimitKind, subject: string, limit: RateLimit): Promise<void>;
  /** What went wrong beside a request. */
  onError(error: unknown): void;
}

/**
 * Rate limits whose counters all instances share. Who is beyond a limit is also remembered here until
 * the window is over, so that refusing costs no query but the first, and a request that does nothing
 * wrong none at all.
 */
export function createRateLimiter(store: RateLimiterStore): RateLimiter {
  const blockedUntil = new Map<string, number>();
  /** The blocked subjects of whom this process has refused something. */
  const refused = new Set<string>();
  const keyOf = (kind: RateLimitKind, subject: string) => `${kind}:${subject}`;

  function block(key: string, seconds: number): void {
    const now = Date.now();
    if (blockedUntil.size > 10_000) {
      for (const [other, until] of blockedUntil) if (until <= now) unblock(other);
    }
    blockedUntil.set(key, now + seconds * 1000);
  }

  function unblock(key: string): void {
    blockedUntil.delete(key);
    refused.delete(key);
  }

  /** Count one; the first that is refused in its window, over all instances, is recorded. */
  async function countOne(kind: RateLimitKind, subject: string, limit: RateLimit) {
    const counted = await store.count(keyOf(kind, subject), limit);
    if (counted.count === limit.most + 1) await store.recordRefusal(kind, subject, limit);
    return counted;
  }

  const limitOf = (kind: RateLimitKind) => store.limits()[kind] ?? defaultRateLimits[kind];

  return {
    secondsToWait(kind, subject) {
      const key = keyOf(kind, subject);
      const left = (blockedUntil.get(key) ?? 0) - Date.now();
      if (left <= 0) {
        unblock(key);
        return 0;
      }
      if (!refused.has(key)) {
        refused.add(key);
        countOne(kind, subject, limitOf(kind)).catch(store.onError);
      }
      return left / 1000;
    },
    async count(kind, subject) {
      const limit = limitOf(kind);
      const { count, secondsLeft } = await countOne(kind, subject, limit);
      if (count >= limit.most) block(keyOf(kind, subject), secondsLeft);
      return count > limit.most ? Math.max(1, secondsLeft) : 0;
    },
  };
}

/** Answered as 429 by the error boundary. */
export class TooManyRequests extends Error {
  readonly status = 429;
  /** Seconds, rounded up. */
  readonly retryAfter: number;

  constructor(secondsLeft: number) {
    super('too many requests');
    this.retryAfter = Math.max(1, Math.ceil(secondsLeft));
  }
}

/** Against whom an address counts: IPv4 as it is, IPv6 by its network of 64 bits. */
export function addressSubject(ctx: Context): string {
  const address: string = ctx.state.origin?.address ?? '';
  return isIPv6(address) ? firstGroups(address, 4) : address;
}

/** The network of an address: 24 bits of IPv4, 48 of IPv6, which one customer of a provider may have. */
export function networkSubject(ctx: Context): string {
  const address: string = ctx.state.origin?.address ?? '';
  return isIPv6(address) ? `${firstGroups(address, 3)}::/48` : `${address.replace(/\.\d+$/, '.0')}/24`;
}

function firstGroups(address: string, count: number): string {
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - rest.length).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, count).join(':');
}
