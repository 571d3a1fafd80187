import type { Context, Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** The routes of which a client must be registered for the grant type that it asks for. */
const grantRoutes = ['token', 'device_authorization'];

/**
 * Where the library answers otherwise than the standards say: discovery names what clients may use, and a grant
 * type that is not the client's is `unauthorized_client` (RFC 6749 §5.2, RFC 8628 §3.2).
 */
export const standardAnswers: Middleware = async (ctx, next) => {
  await next();
  const route = (ctx as Partial<KoaContextWithOIDC>).oidc?.route ?? '';
  if (route === 'discovery') leaveOwnTypesOut(ctx);
  if (grantRoutes.includes(route)) nameForeignGrant(ctx);
};

/** `none` is the account pages' alone: no client can be registered for it. */
function leaveOwnTypesOut(ctx: Context): void {
  const body = ctx.body as { response_types_supported?: string[] };
  body.response_types_supported = body.response_types_supported?.filter((type) => type !== 'none') ?? [];
}

function nameForeignGrant(ctx: Context): void {
  const body = ctx.body as { error?: string; error_description?: string } | null | undefined;
  const isForeign =
    body?.error === 'invalid_request' && body.error_description?.endsWith(' is not allowed for this client');
  if (isForeign) body.error = 'unauthorized_client';
}
