import type { Origin } from '../domain/origin.ts';
import { lockExchanges } from '../store/clients.ts';
import type { Queryable } from '../store/database.ts';
import { applyConfiguration } from './apply_configuration.ts';
import { endClientAccess } from './end_client_access.ts';
import { lockClient } from './lock_client.ts';

/**
 * Remove a client as `applyConfiguration` would where a file lacks it, and leave the others as they are: all its
 * families end, offline ones too, its tokens, codes and event streams go. Sessions stay, and so does what the trail and
 * the history tell of it. Returns how many families ended. Throws Problem `client_unknown`.
 */
export async function removeClient(
  tx: Queryable,
  clientId: string,
  origin: Origin,
): Promise<{ families: number }> {
  const { configuration } = await lockClient(tx, clientId);
  await lockExchanges(tx, clientId);
  const families = await endClientAccess(tx, configuration, clientId, origin);
  const clients = new Map(configuration.clients);
  clients.delete(clientId);
  await applyConfiguration(tx, { clients }, { origin, current: configuration });
  return { families };
}
