import type { Queryable } from './database.ts';

export interface StoredSigningKey {
  keyId: string;
  algorithm: string;
  purpose: string;
  publicJwk: Record<string, unknown>;
  privateSealed: string;
}

/** Keys in use, newest first; of one purpose, or all. */
export async function listSigningKeys(db: Queryable, purpose?: string): Promise<StoredSigningKey[]> {
  return await db.query<StoredSigningKey>(
    {
      name: 'signing_keys',
      text: `select key_id as "keyId", algorithm, purpose, public_jwk as "publicJwk", private_sealed as "privateSealed"
             from signing_keys where retired_at is null and ($1::text is null or purpose = $1)
             order by created_at desc, key_id`,
    },
    [purpose ?? null],
  );
}

export async function insertSigningKey(tx: Queryable, key: StoredSigningKey): Promise<void> {
  await tx.query(
    {
      name: 'signing_key_insert',
      text: `insert into signing_keys (key_id, algorithm, purpose, public_jwk, private_sealed)
             values ($1, $2, $3, $4, $5)`,
    },
    [key.keyId, key.algorithm, key.purpose, JSON.stringify(key.publicJwk), key.privateSealed],
  );
}

/** One instance at a time makes keys. */
export async function lockSigningKeys(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'signing_keys_lock',
    text: `select pg_advisory_xact_lock(hashtext('signing_keys'))`,
  });
}
