import type { ClientDefinition, Configuration, DesiredConfiguration } from '../domain/configuration.ts';

/** What is wanted, with every secret settled. */
export interface SettledSecrets {
  desired: DesiredConfiguration;
  /** Clients that are to keep a secret of which none is stored. */
  missing: string[];
}

/** Give the clients that keep their secrets those that `current` has. */
export function keepStoredSecrets(current: Configuration, desired: DesiredConfiguration): SettledSecrets {
  const { clients } = desired;
  if (!clients) return { desired, missing: [] };
  const missing: string[] = [];
  const settled = new Map<string, Omit<ClientDefinition, 'disabled'>>();
  for (const [clientId, { keepsSecret, ...client }] of clients) {
    const secretHash = keepsSecret ? current.clients.get(clientId)?.secretHash : client.secretHash;
    if (keepsSecret && !secretHash) missing.push(clientId);
    settled.set(clientId, { ...client, ...(secretHash ? { secretHash } : {}) });
  }
  return { desired: { ...desired, clients: settled }, missing };
}
