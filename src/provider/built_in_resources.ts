import { scopesOfClientsAlone, scopesOfPeopleAlone } from '../domain/built_in_scopes.ts';
import type { ResourceDefinition } from '../domain/configuration.ts';

/** Resources of the server itself (RFC 8707): known without configuration, though a file may add a policy to them. */
export function builtInResources(issuer: string): ReadonlyMap<string, ResourceDefinition> {
  const own: ResourceDefinition[] = [
    { identifier: `${issuer}/ssf`, scopes: [...scopesOfClientsAlone] },
    { identifier: `${issuer}/admin`, scopes: [...scopesOfPeopleAlone] },
  ];
  return new Map(own.map((resource) => [resource.identifier, resource]));
}
