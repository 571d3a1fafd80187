import type { Context, Middleware } from 'koa';
import { TooManyRequests } from './rate_limiter.ts';

/** Seconds after which to come again: by then what was let in is done. */
const secondsToWait = 2;

/**
 * Let in at most `most` requests of a costly kind at once, from wherever. The rest gets 429 before anything
 * is done for it, so that a flood of them leaves the server to everybody else.
 */
export function fewAtOnce(isCostly: (ctx: Context) => boolean, most: number): Middleware {
  let under = 0;
  return async (ctx, next) => {
    if (!isCostly(ctx)) return await next();
    if (under >= most) throw new TooManyRequests(secondsToWait);
    under += 1;
    try {
      await next();
    } finally {
      under -= 1;
    }
  };
}
