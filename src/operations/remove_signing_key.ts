import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { deleteSigningKey, listSigningKeyTimes, lockSigningKeys } from '../store/signing_keys.ts';

/**
 * Publish a key that leaked no longer, before its last token is over: from now on nothing that it signed verifies.
 * Throws Problem `key_unknown`, and `key_in_use` unless another key has taken its place.
 */
export async function removeSigningKey(tx: Queryable, keyId: string, origin: Origin): Promise<void> {
  await lockSigningKeys(tx);
  const { keys } = await listSigningKeyTimes(tx);
  const found = keys.find((key) => key.keyId === keyId);
  if (!found) throw new Problem('key_unknown', `There is no signing key ${keyId}.`);
  const { state, algorithm, purpose } = found;
  if (state !== 'previous')
    throw new Problem(
      'key_in_use',
      `The key ${keyId} is the ${state} one: rotate first, until it is a previous one.`,
    );
  await deleteSigningKey(tx, keyId);
  await recordEvent(tx, 'signing_key.removed', {}, origin, {
    key_id: keyId,
    algorithm,
    purpose,
    early: true,
  });
}
