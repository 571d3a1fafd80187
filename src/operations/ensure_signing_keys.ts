import { generateSigningKey, keyPurposes } from '../credentials/signing_keys.ts';
import type { KeyPurpose } from '../credentials/signing_keys.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Database } from '../store/database.ts';
import { insertSigningKey, listSigningKeys, lockSigningKeys } from '../store/signing_keys.ts';

const context = (keyId: string): string => `signing_keys:private_sealed:${keyId}`;

/**
 * The private keys to sign with for `purpose`, newest first; makes one of each algorithm where there is
 * none. Throws Problem `secret_wrong` when no secret opens a stored key.
 */
export async function ensureSigningKeys(
  database: Database,
  secrets: SecretsAtRest,
  purpose: KeyPurpose,
): Promise<Record<string, unknown>[]> {
  const stored = await database.transaction(async (tx) => {
    await lockSigningKeys(tx);
    const present = await listSigningKeys(tx, purpose);
    for (const algorithm of keyPurposes[purpose]) {
      if (present.some((key) => key.algorithm === algorithm)) continue;
      const { keyId, publicJwk, privateJwk } = await generateSigningKey(algorithm);
      const privateSealed = secrets.seal(Buffer.from(JSON.stringify(privateJwk)), context(keyId));
      await insertSigningKey(tx, { keyId, algorithm, purpose, publicJwk: { ...publicJwk }, privateSealed });
      await recordEvent(tx, 'signing_key.created', {}, {}, { key_id: keyId, algorithm, purpose });
    }
    return await listSigningKeys(tx, purpose);
  });
  return stored.map(
    (key) =>
      JSON.parse(secrets.open(key.privateSealed, context(key.keyId)).toString('utf8')) as Record<
        string,
        unknown
      >,
  );
}
