import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * Where the forms of a page that the library drew may end: the request's redirect URI, or where a client
 * wants its user back after signing out, once they are known to be registered. The page that signs a first account out comes back to such a request.
 */
export function formTargets(ctx: Context): string[] {
  const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>;
  const params =
    oidc?.params ?? (oidc?.entities.Interaction as { params?: Record<string, unknown> } | undefined)?.params;
  const uri = params?.redirect_uri;
  const wasChecked = oidc?.params ? oidc.client?.redirectUriAllowed(String(uri)) : uri !== undefined;
  const targets = typeof uri === 'string' && wasChecked ? [uri] : [];
  // Signing out with no session left goes on by itself, to where the client wants its user back.
  const back = params?.post_logout_redirect_uri;
  if (typeof back === 'string' && oidc?.client?.postLogoutRedirectUriAllowed(back)) targets.push(back);
  return targets;
}
