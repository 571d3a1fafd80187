import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context, Middleware } from 'koa';

/** A form's token: bound to what the form belongs to, such as an interaction. */
export interface CsrfTokens {
  issue(subject: string): string;
  check(subject: string, token: unknown): boolean;
}

/** The first key makes tokens, all are good: a form that is open while a key is replaced may still be sent. */
export function createCsrfTokens(keys: readonly [Buffer, ...Buffer[]]): CsrfTokens {
  const issue = (subject: string, key = keys[0]) =>
    createHmac('sha256', key).update(subject).digest('base64url');
  return {
    issue: (subject) => issue(subject),
    check(subject, token) {
      const actual = Buffer.from(typeof token === 'string' ? token : '');
      return keys.some((key) => {
        const expected = Buffer.from(issue(subject, key));
        return actual.length === expected.length && timingSafeEqual(actual, expected);
      });
    },
  };
}

/**
 * Refuse unsafe requests from other sites: by `Sec-Fetch-Site`, and where a browser sends none, by
 * `Origin`. Neither header means no browser, or one that the token of the form still holds to account.
 */
export function rejectCrossSite(issuer: string): Middleware {
  const { origin } = new URL(issuer);
  return async (ctx, next) => {
    if (!['GET', 'HEAD', 'OPTIONS'].includes(ctx.method) && isCrossSite(ctx, origin)) ctx.throw(403);
    await next();
  };
}

function isCrossSite(ctx: Context, ownOrigin: string): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site) return site !== 'same-origin' && site !== 'none';
  const origin = ctx.get('Origin');
  return origin !== '' && origin !== ownOrigin;
}
