import type { Configuration } from '../domain/configuration.ts';
import type { ClientKind, ClientWish } from './client_kinds.ts';
import { desireClient } from './desire_client.ts';
import type { WantedClient } from './desire_client.ts';
import { kindEntry } from './kind_entry.ts';

/**
 * The client that somebody wishes for, of a kind of app, with a secret where the kind has one. Throws Problem
 * `configuration_invalid` with a line for each fault.
 */
export function desireKind(
  configuration: Pick<Configuration, 'policies' | 'scopes'>,
  kind: ClientKind,
  wish: ClientWish,
): WantedClient {
  return desireClient(configuration, kindEntry(kind, wish), kind.hasSecret ? 'new' : 'none');
}
