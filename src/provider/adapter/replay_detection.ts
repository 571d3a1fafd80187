import { hashToken } from '../../credentials/token_hash.ts';
import { noteProof, rememberProof } from '../../store/artifacts.ts';
import { getRequestContext } from '../request_context.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/** How long a proof or assertion is remembered at least, in seconds. */
const rememberedSeconds = 900;

/**
 * Proofs and assertions seen before (DPoP, `private_key_jwt`). The library looks, then stores: here the
 * look itself stores, in one statement, so that of simultaneous uses one alone is the first.
 */
export function replayDetectionAdapter({ database }: AdapterDependencies): ModelAdapter {
  return {
    async find(id) {
      const { seenProofs } = getRequestContext();
      if (seenProofs.has(id)) return undefined;
      const isFirst = await noteProof(database, hashToken(id), rememberedSeconds);
      seenProofs.add(id);
      return isFirst ? undefined : { jti: id };
    },
    async upsert(id, _payload, ttl = 0) {
      if (ttl > rememberedSeconds) await rememberProof(database, hashToken(id), ttl);
    },
  };
}
