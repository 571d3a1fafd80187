import { hashToken } from '../../credentials/token_hash.ts';
import { noteProof } from '../../store/artifacts.ts';
import { getRequestContext } from '../request_context.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/** How long a proof or assertion is remembered, in seconds: longer than any is accepted. */
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
    upsert: () => Promise.resolve(),
  };
}
