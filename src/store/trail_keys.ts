import type { Queryable } from './database.ts';

export interface StoredTrailKey {
  keyId: string;
  keySealed: string;
}

export async function listTrailKeys(db: Queryable): Promise<StoredTrailKey[]> {
  return await db.query<StoredTrailKey>({
    name: 'trail_keys',
    text: 'select key_id as "keyId", key_sealed as "keySealed" from trail_keys order by key_id',
  });
}

/** One that is kept already stays as it is. */
export async function insertTrailKey(tx: Queryable, { keyId, keySealed }: StoredTrailKey): Promise<void> {
  await tx.query(
    {
      name: 'trail_key_insert',
      text: 'insert into trail_keys (key_id, key_sealed) values ($1, $2) on conflict do nothing',
    },
    [keyId, keySealed],
  );
}
