import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Queryable } from '../store/database.ts';
import { insertTrailKey, listTrailKeys } from '../store/trail_keys.ts';
import { deriveSealKeys } from './trail_digests.ts';
import type { SealKey } from './trail_digests.ts';

const context = (keyId: string): string => `trail_keys:key_sealed:${keyId}`;

/**
 * Every key that seals can be proved with: one from each secret, newest first, and those kept of secrets that were
 * dropped. Throws Problem `secret_wrong` where a kept one was altered.
 */
export async function loadSealKeys(db: Queryable, secrets: SecretsAtRest): Promise<SealKey[]> {
  const derived = deriveSealKeys(secrets);
  const kept = (await listTrailKeys(db))
    .filter(({ keyId, keySealed }) => secrets.knows(keySealed) && derived.every(({ id }) => id !== keyId))
    .map(({ keyId, keySealed }) => ({ id: keyId, key: secrets.open(keySealed, context(keyId)) }));
  return [...derived, ...kept];
}

/** Keep the seal keys of all secrets but the newest under that one, so that those may be dropped. */
export async function keepSealKeys(tx: Queryable, secrets: SecretsAtRest): Promise<void> {
  const [, ...older] = deriveSealKeys(secrets);
  for (const { id, key } of older) {
    await insertTrailKey(tx, { keyId: id, keySealed: secrets.seal(key, context(id)) });
  }
}
