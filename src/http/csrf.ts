import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context, Middleware } from 'koa';

/** A form's token: bound to what the form belongs to, such as an interaction. */
export interface CsrfTokens {
  issue(subject: string): string;
  check(subject: string, token: unknown): boolean;
}

export function createCsrfTokens(key: Buffer): CsrfTokens {
  const issue = (subject: string) => createHmac('sha256', key).update(subject).digest('base64url');
  return {
    issue,
    check(subject, token) {
      const expected = Buffer.from(issue(subject));
      const actual = Buffer.from(typeof token === 'string' ? token : '');
      return actual.length === expected.length && timingSafeEqual(actual, expected);
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
