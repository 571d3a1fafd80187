import type { KoaContextWithOIDC } from 'oidc-provider';
import { openidScopes } from '../domain/built_in_scopes.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { limitsFor } from '../policy/effective_limits.ts';
import { findRequestContext } from './request_context.ts';
import { splitScope } from './token_claims.ts';

/** The API scopes of an authorization request that this account and client may have. */
export function grantableScopes(ctx: KoaContextWithOIDC): string[] {
  const { params, resourceServers } = ctx.oidc;
  const grantable = new Set(
    Object.values(resourceServers ?? {}).flatMap((server) => server.scope.split(' ')),
  );
  return splitScope(params?.scope).filter((scope) => grantable.has(scope));
}

/**
 * The scopes of a code: of what the account once allowed the client, that which both may still have. A
 * consent outlives the role that a scope needs; what is granted now never includes it.
 */
export function grantedScopes(ctx: KoaContextWithOIDC | undefined, scope: unknown): string[] {
  const grantable = ctx ? grantableScopes(ctx) : [];
  return splitScope(scope).filter((name) => openidScopes.has(name) || grantable.includes(name));
}

/** What rules a family that an authorization request would make; undefined before the account is known. */
export function requestLimits(
  ctx: KoaContextWithOIDC,
  clientIds: readonly string[] = [],
): EffectiveLimits | undefined {
  const context = findRequestContext();
  const { client, resourceServers } = ctx.oidc;
  if (!context?.account || !client) return undefined;
  return limitsFor(context.configuration, {
    roles: context.account.roles,
    clientIds: [...clientIds, client.clientId],
    resources: Object.keys(resourceServers ?? {}),
    scopes: grantableScopes(ctx),
  });
}
