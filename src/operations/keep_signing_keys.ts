import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Configuration } from '../domain/configuration.ts';
import { recordEvent } from '../events/record_event.ts';
import { isRotationDue } from '../policy/evaluate_key_rotation.ts';
import type { Database, Queryable } from '../store/database.ts';
import { deleteOldSigningKeys, lockSigningKeys } from '../store/signing_keys.ts';
import { ensureSigningKeys } from './ensure_signing_keys.ts';
import { rotateSigningKeys } from './rotate_signing_keys.ts';

/** Rotate the signing keys where the schedule says so, remove those that nothing valid is signed with, make what is missing. */
export async function keepSigningKeys(
  database: Database,
  secrets: SecretsAtRest,
  configuration: Configuration,
): Promise<void> {
  const { keys, now } = await ensureSigningKeys(database, secrets, configuration.keys);
  if (isRotationDue(keys, configuration, now)) {
    await database.transaction((tx) =>
      rotateSigningKeys(tx, secrets, { configuration, mode: 'scheduled' }, { actor: 'schedule' }),
    );
  }
  if (keys.some(({ publishedUntil }) => publishedUntil !== null && publishedUntil <= now)) {
    await database.transaction(removeOldKeys);
  }
}

async function removeOldKeys(tx: Queryable): Promise<void> {
  await lockSigningKeys(tx);
  for (const { keyId, algorithm, purpose } of await deleteOldSigningKeys(tx)) {
    await recordEvent(tx, 'signing_key.removed', {}, {}, { key_id: keyId, algorithm, purpose });
  }
}
