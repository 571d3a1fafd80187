import type { ClientDefinition, Configuration } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';

/** The configuration, locked until the transaction ends, and a client of it. Throws Problem `client_unknown`. */
export async function lockClient(
  tx: Queryable,
  clientId: string,
): Promise<{ configuration: Configuration; client: ClientDefinition }> {
  await lockConfiguration(tx);
  const configuration = await loadConfiguration(tx);
  const client = configuration.clients.get(clientId);
  if (!client) throw new Problem('client_unknown', `There is no client ${clientId}.`);
  return { configuration, client };
}
