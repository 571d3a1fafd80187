import { Problem } from '../domain/problems.ts';
import type { ClientKind, ClientWish } from './client_kinds.ts';

/**
 * The entry of `clients:`, without a secret, of the client that somebody wishes for. Throws Problem
 * `configuration_invalid` where people come back to what is no address.
 */
export function kindEntry(kind: ClientKind, wish: ClientWish): Record<string, unknown> {
  if (kind.redirects && !URL.parse(wish.redirectUri))
    throw new Problem('configuration_invalid', 'redirect_uris: must be an address with its scheme');
  return {
    client_id: wish.clientId,
    ...(wish.name === '' ? {} : { client_name: wish.name }),
    ...(wish.scope === '' ? {} : { scope: wish.scope }),
    ...kind.entry(wish),
  };
}
