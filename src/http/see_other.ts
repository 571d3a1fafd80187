import type { Context } from 'koa';

/** Go on to a page with GET, whatever the request was. */
export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303;
  ctx.redirect(path);
}
