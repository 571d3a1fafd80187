import type { Context, Middleware } from 'koa';
import type { RateLimitKind } from '../domain/rate_limits.ts';
import { addressSubject, networkSubject, TooManyRequests } from './rate_limiter.ts';
import type { RateLimiter } from './rate_limiter.ts';

/** A route and what of it counts against the caller's address. */
interface LimitedRoute {
  path: RegExp;
  kind: RateLimitKind;
  counts: 'every request' | 'unauthenticated clients';
}

const routes: readonly LimitedRoute[] = [
  { path: /^\/set-password$/, kind: 'sign_in_address', counts: 'every request' },
  { path: /^\/forgotten-password$/, kind: 'password_link_address', counts: 'every request' },
  {
    path: /^\/interaction\/[^/]+\/(?:sign-in|passkey-login)$/,
    kind: 'sign_in_address',
    counts: 'every request',
  },
  { path: /^\/account\/security\/(?:confirm|password)$/, kind: 'sign_in_address', counts: 'every request' },
  {
    path: /^\/account\/security\/(?:apps\/new|passkeys\/new|confirm\/passkey)$/,
    kind: 'second_factor_address',
    counts: 'every request',
  },
  {
    path: /^\/interaction\/[^/]+\/(?:totp|passkey|enrol|enrol-passkey|recovery)$/,
    kind: 'second_factor_address',
    counts: 'every request',
  },
  { path: /^\/device$/, kind: 'device_code_address', counts: 'every request' },
  { path: /^\/device\/auth$/, kind: 'device_address', counts: 'every request' },
  { path: /^\/token$/, kind: 'token_address', counts: 'unauthenticated clients' },
  {
    path: /^\/token\/(?:introspection|revocation)$/,
    kind: 'introspection_address',
    counts: 'unauthenticated clients',
  },
];

/** Whether a request has a password hashed: the dearest thing that anybody can ask for. */
export function hashesPassword({ method, path }: Context): boolean {
  return method === 'POST' && findRoute(path)?.kind === 'sign_in_address';
}

const findRoute = (path: string) => routes.find((route) => route.path.test(path));

/** Refuse with 429 what an address does too often; what is allowed and goes well costs no query. */
export function rateLimitedRoutes(limiter: RateLimiter): Middleware {
  return async (ctx, next) => {
    const route = ctx.method === 'POST' ? findRoute(ctx.path) : undefined;
    if (!route) return await next();
    const subject = addressSubject(ctx);
    refuse(limiter.secondsToWait(route.kind, subject));
    if (route.counts === 'every request') refuse(await limiter.count(route.kind, subject));
    if (route.kind === 'sign_in_address') {
      const network = networkSubject(ctx);
      refuse(
        limiter.secondsToWait('sign_in_network', network) ||
          (await limiter.count('sign_in_network', network)),
      );
    }
    await next();
    if (route.counts === 'unauthenticated clients' && ctx.status === 401)
      await limiter.count(route.kind, subject);
  };
}

/** Throws 429 where there is something to wait for. */
export function refuse(secondsToWait: number): void {
  if (secondsToWait > 0) throw new TooManyRequests(secondsToWait);
}
