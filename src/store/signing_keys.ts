import type { Queryable } from './database.ts';

export interface StoredSigningKey {
  keyId: string;
  algorithm: string;
  publicJwk: Record<string, unknown>;
  privateSealed: string;
}

/** Keys in use, newest first. */
export async function listSigningKeys(db: Queryable): Promise<StoredSigningKey[]> {
  return await db.query<StoredSigningKey>({
    name: 'signing_keys',
    text: `select key_id as "keyId", algorithm, public_jwk as "publicJwk", private_sealed as "privateSealed"
           from signing_keys where retired_at is null order by created_at desc, key_id`,
  });
}

export async function insertSigningKey(tx: Queryable, key: StoredSigningKey): Promise<void> {
  await tx.query(
    {
      name: 'signing_key_insert',
      text: 'insert into signing_keys (key_id, algorithm, public_jwk, private_sealed) values ($1, $2, $3, $4)',
    },
    [key.keyId, key.algorithm, JSON.stringify(key.publicJwk), key.privateSealed],
  );
}

/** One instance at a time makes keys. */
export async function lockSigningKeys(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'signing_keys_lock',
    text: `select pg_advisory_xact_lock(hashtext('signing_keys'))`,
  });
}
