import type { Configuration } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import type { ClientKind, ClientWish } from './client_kinds.ts';
import { desireClient } from './desire_client.ts';
import type { WantedClient } from './desire_client.ts';

/**
 * The client that somebody wishes for, of a kind of app, with a secret where the kind has one. Throws Problem
 * `configuration_invalid` with a line for each fault.
 */
export function desireKind(
  configuration: Pick<Configuration, 'policies' | 'scopes'>,
  kind: ClientKind,
  wish: ClientWish,
): WantedClient {
  if (kind.redirects && !URL.parse(wish.redirectUri))
    throw new Problem('configuration_invalid', 'redirect_uris: must be an address with its scheme');
  const entry = {
    client_id: wish.clientId,
    ...(wish.name === '' ? {} : { client_name: wish.name }),
    ...(wish.scope === '' ? {} : { scope: wish.scope }),
    ...kind.entry(wish),
  };
  return desireClient(configuration, entry, kind.hasSecret ? 'new' : 'none');
}
