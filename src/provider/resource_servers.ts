import { errors } from 'oidc-provider';
import type { Client, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { openidScopes } from '../domain/built_in_scopes.ts';
import { hasScopeRole, isForClients, isForPeople } from '../policy/evaluate_scopes.ts';
import type { Configuration, ResourceDefinition } from '../domain/configuration.ts';
import { builtInResources } from './built_in_resources.ts';
import { refusalError } from './refusals.ts';
import { getRequestContext } from './request_context.ts';
import { splitScope } from './token_claims.ts';

/**
 * A registered resource (RFC 8707) with the scopes that this request may get there: the resource's,
 * held to the client's registered `scope` (the library holds only static scopes to it), to the
 * account's roles once that is known, and at the token endpoint to the verdict.
 */
export function getResourceServerInfo(
  ctx: KoaContextWithOIDC,
  identifier: string,
  client: Client,
): ResourceServer {
  const context = getRequestContext();
  const resource = knownResources(ctx, context.configuration).get(identifier);
  if (!resource) throw new errors.InvalidTarget('the resource is not known here');
  const { account, configuration, pending } = context;
  const registered = new Set(splitScope(configuration.clients.get(client.clientId)?.metadata.scope));
  const withoutUser = ctx.oidc.params?.grant_type === 'client_credentials';
  if (withoutUser && configuration.clients.get(client.clientId)?.disabled)
    throw refusalError('client_disabled');
  const permitted = pending?.verdict ? new Set(pending.verdict.scopes) : undefined;
  const scopes = resource.scopes.filter(
    (scope) =>
      registered.has(scope) &&
      (withoutUser ? isForClients(configuration, scope) : isForPeople(configuration, scope)) &&
      (!account || hasScopeRole(configuration, scope, account.roles)) &&
      (!permitted || permitted.has(scope)),
  );
  return {
    scope: scopes.join(' '),
    audience: identifier,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}

/** Those of the server itself, and those that are configured, whose word is the last. */
function knownResources(
  ctx: KoaContextWithOIDC,
  configuration: Configuration,
): ReadonlyMap<string, ResourceDefinition> {
  return new Map([...builtInResources(ctx.oidc.issuer), ...configuration.resources]);
}

/**
 * Without a `resource` at the token endpoint the granted one is meant, unless the request names only
 * OpenID Connect scopes: that asks for a token for userinfo.
 */
export function useGrantedResource(ctx: KoaContextWithOIDC): boolean {
  const named = splitScope(ctx.oidc.params?.scope);
  return named.length === 0 || !named.every((name) => openidScopes.has(name));
}

/**
 * The resource where none is named. At authorization: the one that owns the API scopes asked for, if
 * it is exactly one. At the token endpoint: the granted one, if it is one.
 */
export function defaultResource(
  ctx: KoaContextWithOIDC,
  _: Client,
  oneOf?: readonly string[],
): string | readonly string[] {
  if (oneOf) return oneOf.length === 1 ? (oneOf[0] ?? []) : oneOf;
  const asked = splitScope(ctx.oidc.params?.scope).filter((name) => !openidScopes.has(name));
  if (asked.length === 0) return [];
  const owners = [...knownResources(ctx, getRequestContext().configuration).values()].filter((resource) =>
    asked.some((name) => resource.scopes.includes(name)),
  );
  return owners.length === 1 && owners[0] ? owners[0].identifier : [];
}
