import type { ResourceDefinition } from '../domain/configuration.ts';

/** A client asks for these for itself: a stream belongs to a client, whoever signs in there. */
export const scopesOfClientsAlone: ReadonlySet<string> = new Set(['ssf.read', 'ssf.manage']);

/** Resources of the server itself (RFC 8707): known without configuration, though a file may add a policy to them. */
export function builtInResources(issuer: string): ReadonlyMap<string, ResourceDefinition> {
  const streams = `${issuer}/ssf`;
  return new Map([[streams, { identifier: streams, scopes: [...scopesOfClientsAlone] }]]);
}
