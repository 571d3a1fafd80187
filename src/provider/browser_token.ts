import type { Middleware } from 'koa';
import { generateSecret } from '../credentials/token_hash.ts';
import { getRequestContext } from './request_context.ts';

/**
 * Know the browser from one request to the next before anybody is signed in, by a cookie that no other
 * host of the domain can set: what it began is gone on with nowhere else. Only inside a request's context.
 * Set once it has begun something, and gone when the browser closes.
 */
export function browserToken(issuer: string): Middleware {
  const secure = issuer.startsWith('https:');
  const name = secure ? '__Host-curfew_browser' : 'curfew_browser';
  const options = { httpOnly: true, sameSite: 'lax', signed: false, overwrite: true, secure } as const;
  return async (ctx, next) => {
    const context = getRequestContext();
    const sent = ctx.cookies.get(name);
    const known = sent !== undefined && /^[\w-]{43}$/.test(sent) ? sent : undefined;
    context.browser = { token: known ?? generateSecret(), hasBegun: false };
    await next();
    if (context.browser.hasBegun && known === undefined)
      ctx.cookies.set(name, context.browser.token, options);
  };
}
