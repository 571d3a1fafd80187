import type { Middleware } from 'koa';

/** The protocol's endpoints that take a form and nothing else, but for the question of a browser whether it may. */
const paths = ['/token', '/token/introspection', '/token/revocation', '/request', '/device/auth'];

/** Another method than POST is answered with 405 there (RFC 9126 §2.3), not as if there were nothing. */
export const postOnly: Middleware = async (ctx, next) => {
  if (!paths.includes(ctx.path) || ctx.method === 'POST' || ctx.method === 'OPTIONS') return await next();
  ctx.set({ Allow: 'POST', 'Cache-Control': 'no-store' });
  ctx.status = 405;
  ctx.body = { error: 'invalid_request', error_description: 'This endpoint takes POST alone.' };
};
