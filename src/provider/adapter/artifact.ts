import { hashToken } from '../../credentials/token_hash.ts';
import { consumeArtifact, deleteArtifact, findArtifact, writeArtifact } from '../../store/artifacts.ts';
import { findRequestContext } from '../request_context.ts';
import type { Effect } from '../request_context.ts';
import { interactionSeconds } from '../token_lifetimes.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';
import { sealedHints } from './sealed_hints.ts';

/** Interactions, pushed requests and the like: by the hash of their id, alive until the database says otherwise. */
export function artifactAdapter(model: string, { database, secrets }: AdapterDependencies): ModelAdapter {
  const hints = sealedHints(secrets);
  const defer = async (effect: Effect) => {
    const context = findRequestContext();
    if (context) context.effects.dependent.push(effect);
    else await effect(database);
  };
  return {
    async find(id) {
      const idHash = hashToken(id);
      const artifact = await findArtifact(database, model, idHash);
      const payload = artifact && hints.open(artifact.payload, idHash);
      if (!payload) return undefined;
      return {
        ...withReturnTo(payload, idInReturnTo, id),
        jti: id,
        exp: readExpiry(payload),
        consumed: artifact.consumed,
      };
    },
    async upsert(id, payload, ttl = interactionSeconds) {
      const named = withoutCookie({ ...withoutIdentity(payload), expiry: payload.exp });
      const idHash = hashToken(id);
      const stored = hints.seal(withReturnTo(named, id, idInReturnTo), idHash);
      await defer((tx) => writeArtifact(tx, { model, idHash, payload: stored, ttl }));
    },
    async consume(id) {
      await defer(async (tx) => {
        if (await consumeArtifact(tx, model, hashToken(id))) return;
        throw Object.assign(new Error(`The ${model} was used by another request.`), { status: 400 });
      });
    },
    async destroy(id) {
      await defer((tx) => deleteArtifact(tx, model, hashToken(id)));
    },
  };
}

/** The library's own `exp`, kept beside the database's. */
export function readExpiry(payload: Record<string, unknown>): number {
  return typeof payload.expiry === 'number' ? payload.expiry : neverExpires;
}

/** An interaction copies the session's cookie value, which nothing reads: it must not be stored. */
function withoutCookie(payload: Record<string, unknown>): Record<string, unknown> {
  if (typeof payload.session !== 'object' || payload.session === null) return payload;
  const { cookie: _cookie, ...session } = payload.session as Record<string, unknown>;
  return { ...payload, session };
}

/** Stands for the id in the stored address that an interaction returns to: ids are stored as hashes only. */
const idInReturnTo = '{id}';

function withReturnTo(payload: Record<string, unknown>, from: string, to: string): Record<string, unknown> {
  const { returnTo } = payload;
  return typeof returnTo === 'string' ? { ...payload, returnTo: returnTo.replace(from, to) } : payload;
}
