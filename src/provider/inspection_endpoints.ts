import { randomBytes } from 'node:crypto';
import compose from 'koa-compose';
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { Database } from '../store/database.ts';
import type { ConfigurationSource } from './configuration_source.ts';
import { looksLikeJwt } from './jwt_access_tokens.ts';
import type { VerifyAccessToken } from './jwt_access_tokens.ts';
import { commitEffects } from './library_routes.ts';
import { readBody, replayRequest } from './replayed_request.ts';
import { newRequestContext, runInContext } from './request_context.ts';
import type { InspectedToken, RequestContext } from './request_context.ts';

export interface InspectionEndpoints {
  database: Database;
  configurations: ConfigurationSource;
  verifyAccessToken: VerifyAccessToken;
  currentProvider: () => Provider;
}

/**
 * Introspection (RFC 7662) and revocation (RFC 7009), a step ahead of the library: it refuses JWTs, so
 * one of ours is verified here and handed on as a handle that the adapter resolves from the family's
 * state. What is no token of ours stays what it is: unknown.
 */
export function inspectionEndpoint(endpoint: InspectionEndpoints): Middleware {
  return async (ctx) => {
    const context = newRequestContext(ctx.state.origin, endpoint.configurations.current());
    const body = await handOnJwt(await readBody(ctx.req), context, endpoint.verifyAccessToken);
    const provider = endpoint.currentProvider();
    const inner = provider.createContext(replayRequest(ctx.req, body), ctx.res);
    await runInContext(context, () => compose(provider.middleware)(inner as never));
    if (context.fault) throw context.fault;
    await commitEffects(endpoint.database, context);
    ctx.status = inner.status;
    ctx.body = withDeadlines(inner.body, context);
  };
}

async function handOnJwt(body: Buffer, context: RequestContext, verify: VerifyAccessToken): Promise<Buffer> {
  const form = new URLSearchParams(body.toString('utf8'));
  const token = form.get('token');
  if (form.getAll('token').length !== 1 || token === null || !looksLikeJwt(token)) return body;
  const claims = await verify(token);
  const handle = randomBytes(32).toString('base64url');
  const inspected: InspectedToken = claims ? { handle, claims } : {};
  context.inspected = inspected;
  form.set('token', handle);
  return Buffer.from(form.toString());
}

/** An answer about a live refresh token carries both deadlines, and resets nothing. */
function withDeadlines(body: unknown, { inspected }: RequestContext): unknown {
  const isActive = (body as { active?: boolean } | null)?.active === true;
  return isActive && inspected?.deadlines ? { ...(body as object), ...inspected.deadlines } : body;
}
