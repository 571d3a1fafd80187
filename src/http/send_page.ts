import type { Context } from 'koa';
import type { Html } from '../../views/html.ts';

/** Answer with a page that nobody caches. */
export function sendPage(ctx: Context, page: Html, status = 200): void {
  ctx.status = status;
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  ctx.body = page.toString();
}
