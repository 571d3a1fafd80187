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
  for (const [clientId, wanted] of clients) {
    if (!wanted.keepsSecret) {
      // The very object that was handed in: what nobody changed is seen to be the same without a look inside.
      settled.set(clientId, wanted);
      continue;
    }
    const { keepsSecret: _, ...client } = wanted;
    const secretHash = current.clients.get(clientId)?.secretHash;
    if (!secretHash) missing.push(clientId);
    settled.set(clientId, { ...client, ...(secretHash ? { secretHash } : {}) });
  }
  return { desired: { ...desired, clients: settled }, missing };
}
