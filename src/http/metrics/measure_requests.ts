import type { Context, Middleware } from 'koa';
import { endReasons, refusalReasons } from '../../domain/reasons.ts';
import type { Measures } from './definitions.ts';
import { known } from './note_news.ts';
import { routeTemplate } from './route_template.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';
export const grantTypes: ReadonlySet<string> = new Set([
  'authorization_code',
  'refresh_token',
  'client_credentials',
  deviceCode,
]);
const codes = new Set([...Object.keys(endReasons), ...Object.keys(refusalReasons)]);
const errors = new Set(
  (
    'invalid_request invalid_client invalid_grant invalid_scope invalid_target unauthorized_client ' +
    'unsupported_grant_type invalid_dpop_proof use_dpop_nonce temporarily_unavailable server_error ' +
    'too_many_requests authorization_pending slow_down expired_token access_denied'
  ).split(' '),
);

/** Count every request, and what became of those for tokens. It is the first in line, so that it sees the answer. */
export function measureRequests(measures: Measures): Middleware {
  return async (ctx, next) => {
    const begunAt = performance.now();
    await next();
    const route = routeTemplate(ctx.path);
    measures.requests.labels(route, known(methods, ctx.method), `${Math.floor(ctx.status / 100)}xx`).inc();
    measures.requestSeconds.labels(route).observe((performance.now() - begunAt) / 1000);
    if (route === '/token') measureToken(measures, ctx);
  };
}

function measureToken({ grants, refusals }: Measures, ctx: Context): void {
  const grantType = known(grantTypes, ctx.state.grantType);
  if (ctx.status === 200) grants.labels(grantType).inc();
  else refusals.labels(grantType, findReason(ctx.body)).inc();
}

/** The code that the description begins with; of other refusals the error. */
function findReason(body: unknown): string {
  const { error, error_description: description = '' } = (body ?? {}) as Record<string, unknown>;
  const [code = ''] = String(description).split(':', 1);
  return codes.has(code) ? code : known(errors, error);
}
