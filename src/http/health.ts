import type { Middleware } from 'koa';

export interface Health {
  /** Why this instance should get no requests; empty when it may. */
  findObstacles(): Promise<string[]>;
  /** true while the instance's clock is too far off to be trusted with decisions. */
  isClockOff(): boolean;
}

/**
 * `/healthz`: the process answers. `/readyz`: database, migrations and keys are there and the instance
 * is not draining. Everything else is refused while the clock is off.
 */
export function health({ findObstacles, isClockOff }: Health): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/healthz') {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { status: 'ok' };
      return;
    }
    if (ctx.path === '/readyz') {
      const obstacles = await findObstacles();
      ctx.set('Cache-Control', 'no-store');
      ctx.status = obstacles.length === 0 ? 200 : 503;
      ctx.body = { status: obstacles.length === 0 ? 'ready' : 'not ready', reasons: obstacles };
      return;
    }
    if (isClockOff()) ctx.throw(503);
    await next();
  };
}
