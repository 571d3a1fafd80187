import type { Middleware } from 'koa';

/** What may stand for an identifier of an interaction, in the paths that carry one. */
const identified = /^\/(?:auth|device|interaction)\/[\w-]+(?:\/[a-z-]+)?$/;
/** The admin API and the console compare paths as they are sent; identifiers in them may need escapes. */
const ofOperators = /^\/(?:admin\/v1|console)(?:\/[^/]+)*$/;
/** Every other path of ours: lower case, no escapes, no slash at the end. */
const plain = /^\/(?:[a-z0-9._-]+(?:\/[a-z0-9._-]+)*)?$/;

/**
 * Refuse every other spelling of a path with 404. The protocol library and the router read `/TOKEN`,
 * `/token/` and escaped letters as `/token`; what guards a path must never see less than they do.
 */
export const canonicalPath: Middleware = async (ctx, next) => {
  if (![plain, identified, ofOperators].some((form) => form.test(ctx.path))) return ctx.throw(404);
  await next();
};
