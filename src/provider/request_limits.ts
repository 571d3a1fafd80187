import type { KoaContextWithOIDC } from 'oidc-provider';
import { openidScopes } from '../domain/built_in_scopes.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { limitsFor } from '../policy/effective_limits.ts';
import { findRequestContext } from './request_context.ts';
import { splitScope } from './token_claims.ts';

/** The API scopes of an authorization request that this account and client may have. */
export function grantableScopes(ctx: KoaContextWithOIDC): string[] {
  const grantable = new Set(Object.values(grantableAt(ctx)).flat());
  return splitScope(ctx.oidc.params?.scope).filter((scope) => grantable.has(scope));
}

/** The same by resource: what a consent page may ask for, whether or not it was allowed before. */
export function grantableAt(ctx: KoaContextWithOIDC): Record<string, string[]> {
  const { params, resourceServers } = ctx.oidc;
  const asked = splitScope(params?.scope);
  return Object.fromEntries(
    Object.entries(resourceServers ?? {}).map(([identifier, { scope }]) => {
      const known = new Set(scope.split(' '));
      return [identifier, asked.filter((name) => known.has(name))];
    }),
  );
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
