import { builtInScopes, openidScopes } from '../domain/built_in_scopes.ts';
import type { Configuration } from '../domain/configuration.ts';
import { hasScopeRole, isForClients, isForPeople } from './evaluate_scopes.ts';

/** Who asks for scopes, and where. */
export interface ScopeAsker {
  /** undefined: a client acts for itself. */
  roles: readonly string[] | undefined;
  clientId?: string | undefined;
  /** Named ones; where none are, each scope's own resource is meant if it has but one. */
  resources: readonly string[];
}

/**
 * What stands in the way of a scope: its resource is not among those named, several have it and none is
 * named, the client did not register it, the account has none of its roles, it is for clients alone, or for
 * people alone.
 */
export type ScopeObstacle =
  | 'resource_missing'
  | 'resource_unclear'
  | 'not_registered'
  | 'role_missing'
  | 'for_clients_alone'
  | 'for_people_alone';

export interface AskedScope {
  name: string;
  /** Where it is granted; absent: it belongs to OpenID Connect, or to the server itself, or is not granted. */
  resource?: string;
  obstacle?: ScopeObstacle;
  /** The roles of which it takes one; absent: it takes none. */
  roles?: readonly string[];
}

/** Which scopes would be granted, and what stands in the way of the others. */
export function explainScopes(
  configuration: Configuration,
  scopes: readonly string[],
  asker: ScopeAsker,
): AskedScope[] {
  return [...new Set(scopes)].map((name) => {
    const roles = configuration.scopes.get(name)?.roles;
    const owners = listOwners(configuration, name, asker.resources);
    const obstacle = findObstacle(configuration, name, asker, owners);
    const [resource] = owners;
    return {
      name,
      ...(obstacle ? { obstacle } : resource === undefined ? {} : { resource }),
      ...(roles ? { roles } : {}),
    };
  });
}

function listOwners({ resources }: Configuration, scope: string, named: readonly string[]): string[] {
  return [...resources.values()]
    .filter(
      ({ scopes, identifier }) =>
        scopes.includes(scope) && (named.length === 0 || named.includes(identifier)),
    )
    .map(({ identifier }) => identifier);
}

function findObstacle(
  configuration: Configuration,
  scope: string,
  { roles, clientId, resources }: ScopeAsker,
  owners: readonly string[],
): ScopeObstacle | undefined {
  const client = clientId === undefined ? undefined : configuration.clients.get(clientId);
  const registered = splitScope(client?.metadata.scope);
  if (openidScopes.has(scope)) {
    if (roles === undefined) return 'for_people_alone';
    // Of those a client that registers none may ask for all.
    const isHeld = registered.some((name) => openidScopes.has(name));
    return isHeld && !registered.includes(scope) ? 'not_registered' : undefined;
  }
  if (owners.length === 0 && !builtInScopes.has(scope)) return 'resource_missing';
  if (owners.length > 1 && resources.length === 0) return 'resource_unclear';
  if (client && !registered.includes(scope)) return 'not_registered';
  if (roles === undefined) return isForClients(configuration, scope) ? undefined : 'for_people_alone';
  if (!isForPeople(configuration, scope)) return 'for_clients_alone';
  return hasScopeRole(configuration, scope, roles) ? undefined : 'role_missing';
}

function splitScope(scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
}
