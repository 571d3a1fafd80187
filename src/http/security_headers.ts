import type { Context, Middleware } from 'koa';

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data: https:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer. Pages may post only to us; see `allowFormTargets`. */
export function securityHeaders(issuer: string): Middleware {
  const https = issuer.startsWith('https:');
  return async (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': `${policy}; form-action 'self'`,
      // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    if (https) ctx.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
    await next();
  };
}

/**
 * Browsers hold a form's redirects to `form-action` too: a page whose form ends at a client must name
 * that client's origin. `uris` must have been validated against the client's registration.
 */
export function allowFormTargets(ctx: Context, uris: readonly (string | undefined)[]): void {
  const origins = new Set(uris.flatMap((uri) => formTarget(uri) ?? []));
  const current = ctx.response.get('Content-Security-Policy');
  if (origins.size === 0 || !current) return;
  ctx.set(
    'Content-Security-Policy',
    current.replace("form-action 'self'", `form-action 'self' ${[...origins].join(' ')}`),
  );
}

function formTarget(uri: string | undefined): string | undefined {
  // Not URL.canParse: Node 20 answers wrongly for names outside ASCII once it is compiled.
  const url = uri === undefined ? null : URL.parse(uri);
  if (!url) return undefined;
  const { protocol, origin } = url;
  return protocol === 'http:' || protocol === 'https:' ? origin : protocol;
}
