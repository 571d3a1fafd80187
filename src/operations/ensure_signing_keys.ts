import { generateSigningKey, keyPurposes, sealSigningKey } from '../credentials/signing_keys.ts';
import type { KeyPurpose, SigningAlgorithm } from '../credentials/signing_keys.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Instant } from '../domain/instants.ts';
import { defaultJwksMaxAge } from '../domain/signing_keys.ts';
import type { KeySettings, SigningKeyTimes } from '../domain/signing_keys.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Database } from '../store/database.ts';
import { insertSigningKey, listSigningKeyTimes, lockSigningKeys } from '../store/signing_keys.ts';

interface Missing {
  purpose: KeyPurpose;
  algorithm: SigningAlgorithm;
  state: 'current' | 'next';
}

/** Every kind of key there is. */
const kinds = (Object.keys(keyPurposes) as KeyPurpose[]).flatMap((purpose) =>
  keyPurposes[purpose].map((algorithm) => ({ purpose, algorithm })),
);

/** See to it that there is a key of each kind that signs, and one that is published to be the next. Returns all. */
export async function ensureSigningKeys(
  database: Database,
  secrets: SecretsAtRest,
  settings: KeySettings = {},
): Promise<{ keys: SigningKeyTimes[]; now: Instant }> {
  const before = await listSigningKeyTimes(database);
  const lacking = listMissing(before.keys);
  if (lacking.length === 0) return before;
  const made = await Promise.all(
    lacking.map(async (missing) => ({ missing, key: await generateSigningKey(missing.algorithm) })),
  );
  return await database.transaction(async (tx) => {
    await lockSigningKeys(tx);
    const still = listMissing((await listSigningKeyTimes(tx)).keys);
    for (const { missing, key } of made) {
      const { purpose, algorithm, state } = missing;
      const isStill = still.some(
        (one) => one.purpose === purpose && one.algorithm === algorithm && one.state === state,
      );
      if (!isStill) continue;
      await insertSigningKey(tx, {
        ...sealSigningKey(secrets, key),
        purpose,
        isCurrent: state === 'current',
        jwksMaxAge: settings.jwksMaxAge ?? defaultJwksMaxAge,
      });
      await recordEvent(tx, 'signing_key.created', {}, {}, { key_id: key.keyId, algorithm, purpose, state });
    }
    return await listSigningKeyTimes(tx);
  });
}

function listMissing(keys: readonly SigningKeyTimes[]): Missing[] {
  return kinds.flatMap((kind) =>
    (['current', 'next'] as const)
      .filter(
        (state) =>
          !keys.some(
            (key) => key.state === state && key.purpose === kind.purpose && key.algorithm === kind.algorithm,
          ),
      )
      .map((state) => ({ ...kind, state })),
  );
}
