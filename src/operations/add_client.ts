import type { ClientDefinition, Configuration, DesiredClient } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { applyConfiguration } from './apply_configuration.ts';

/**
 * Add a client as `applyConfiguration` would, and leave the others as they are; whoever has read the configuration in
 * this transaction, under its lock, hands it on. Throws Problem `client_exists`.
 */
export async function addClient(
  tx: Queryable,
  client: DesiredClient,
  origin: Origin,
  read?: Configuration,
): Promise<void> {
  await lockConfiguration(tx);
  const current = read ?? (await loadConfiguration(tx));
  const { clients } = current;
  if (clients.has(client.clientId))
    throw new Problem('client_exists', `There is already a client ${client.clientId}.`);
  const wanted = new Map<string, DesiredClient | ClientDefinition>(clients).set(client.clientId, client);
  await applyConfiguration(tx, { clients: wanted }, { origin, current });
}
