import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * Where the forms of a page that the library drew may end: the request's redirect URI, once it is
 * known to be registered. The page that signs a first account out comes back to such a request.
 */
export function formTargets(ctx: Context): string[] {
  const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>;
  const params =
    oidc?.params ?? (oidc?.entities.Interaction as { params?: Record<string, unknown> } | undefined)?.params;
  const uri = params?.redirect_uri;
  const wasChecked = oidc?.params ? oidc.client?.redirectUriAllowed(String(uri)) : uri !== undefined;
  return typeof uri === 'string' && wasChecked ? [uri] : [];
}
