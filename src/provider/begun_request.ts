import { hashToken } from '../credentials/token_hash.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { findArtifact } from '../store/artifacts.ts';
import type { Database } from '../store/database.ts';
import { sealedHints } from './adapter/sealed_hints.ts';

/**
 * Where the request of an interaction begins anew, whichever browser began it. undefined: there is no
 * such interaction. Nothing that was established in it goes along.
 */
export async function findBegunRequest(
  database: Database,
  secrets: SecretsAtRest,
  uid: string,
): Promise<string | undefined> {
  const idHash = hashToken(uid);
  const artifact = await findArtifact(database, 'Interaction', idHash);
  const payload = artifact && sealedHints(secrets).open(artifact.payload, idHash);
  if (!payload) return undefined;
  if (payload.deviceCode !== undefined) return '/device';
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((payload.params ?? {}) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string') query.append(name, one);
    }
  }
  return `/auth?${query.toString()}`;
}
