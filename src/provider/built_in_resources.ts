import type { ResourceDefinition } from '../domain/configuration.ts';

/** A client asks for these for itself: a stream belongs to a client, whoever signs in there. */
const scopesOfClients = ['ssf.read', 'ssf.manage'];
export const scopesOfClientsAlone: ReadonlySet<string> = new Set(scopesOfClients);

const scopesOfOperators = ['curfew:read', 'curfew:write'];
/** These are for people, and never for a client on its own. */
export const scopesOfPeopleAlone: ReadonlySet<string> = new Set(scopesOfOperators);

/** Resources of the server itself (RFC 8707): known without configuration, though a file may add a policy to them. */
export function builtInResources(issuer: string): ReadonlyMap<string, ResourceDefinition> {
  const own: ResourceDefinition[] = [
    { identifier: `${issuer}/ssf`, scopes: scopesOfClients },
    { identifier: `${issuer}/admin`, scopes: scopesOfOperators },
  ];
  return new Map(own.map((resource) => [resource.identifier, resource]));
}
