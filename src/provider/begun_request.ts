import { hashToken } from '../credentials/token_hash.ts';
import { findArtifact } from '../store/artifacts.ts';
import type { Database } from '../store/database.ts';

/**
 * Where the request of an interaction begins anew, whichever browser began it. undefined: there is no
 * such interaction. Nothing that was established in it goes along.
 */
export async function findBegunRequest(database: Database, uid: string): Promise<string | undefined> {
  const artifact = await findArtifact(database, 'Interaction', hashToken(uid));
  if (!artifact) return undefined;
  if (artifact.payload.deviceCode !== undefined) return '/device';
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((artifact.payload.params ?? {}) as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string') query.append(name, one);
    }
  }
  return `/auth?${query.toString()}`;
}
