import type { Middleware } from 'koa';

export interface PublishedKeysOptions {
  paths: readonly string[];
  /** Have the keys of the database at hand. */
  refresh(): Promise<unknown>;
  /** Seconds for which the answer may be kept. */
  maxAge(): number;
  onError(error: unknown): void;
}

/**
 * What publishes keys tells those of this very moment, so that a key is public once it is committed, whichever
 * instance is asked. While the database does not answer, the last ones are told: nothing changes then.
 */
export function publishedKeys({ paths, refresh, maxAge, onError }: PublishedKeysOptions): Middleware {
  return async (ctx, next) => {
    const isAsked = paths.includes(ctx.path) && (ctx.method === 'GET' || ctx.method === 'HEAD');
    if (isAsked) await refresh().catch(onError);
    await next();
    if (isAsked && ctx.status === 200) ctx.set('Cache-Control', `public, max-age=${maxAge()}`);
  };
}
