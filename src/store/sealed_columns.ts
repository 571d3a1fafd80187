import type { Queryable } from './database.ts';

/** A column of values that are encrypted at rest; the context of each is `table:column:key`. */
export interface SealedColumn {
  table: string;
  key: string;
  keyType: 'uuid' | 'text';
  column: string;
}

/** All there are. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'signing_keys', key: 'key_id', keyType: 'text', column: 'private_sealed' },
  { table: 'trail_keys', key: 'key_id', keyType: 'text', column: 'key_sealed' },
  { table: 'totp_factors', key: 'factor_id', keyType: 'uuid', column: 'secret_sealed' },
  { table: 'ssf_streams', key: 'stream_id', keyType: 'uuid', column: 'push_authorization_sealed' },
  { table: 'window_secrets', key: 'window_id', keyType: 'uuid', column: 'secret_sealed' },
];

export interface SealedValue {
  id: string;
  sealed: string;
}

const isOld = (column: string) => `${column} is not null and split_part(${column}, '.', 2) <> $1`;

/**
 * Lock the next values, in the order of their keys, that the secret with `newestId` has not sealed; those that
 * somebody else has locked are left out.
 */
export async function lockOldSealed(
  tx: Queryable,
  { table, key, keyType, column }: SealedColumn,
  { newestId, after, limit }: { newestId: string; after: string | undefined; limit: number },
): Promise<SealedValue[]> {
  return await tx.query<SealedValue>(
    {
      name: `${table}_lock_old_sealed`,
      text: `select ${key}::text as id, ${column} as sealed from ${table}
             where ${isOld(column)} and ($2::${keyType} is null or ${key} > $2::${keyType})
             order by ${key} limit $3 for update skip locked`,
    },
    [newestId, after ?? null, limit],
  );
}

/** Write what was locked, sealed anew. */
export async function writeSealed(
  tx: Queryable,
  { table, key, keyType, column }: SealedColumn,
  values: readonly SealedValue[],
): Promise<void> {
  await tx.query(
    {
      name: `${table}_write_sealed`,
      text: `update ${table} set ${column} = v.sealed
             from unnest($1::${keyType}[], $2::text[]) v (id, sealed) where ${table}.${key} = v.id`,
    },
    [values.map(({ id }) => id), values.map(({ sealed }) => sealed)],
  );
}

/** How many values the secret with `newestId` has not sealed. */
export async function countOldSealed(
  db: Queryable,
  { table, column }: SealedColumn,
  newestId: string,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    {
      name: `${table}_count_old_sealed`,
      text: `select count(*)::float8 as count from ${table} where ${isOld(column)}`,
    },
    [newestId],
  );
  return row?.count ?? 0;
}

/** How many values each secret has sealed, by the key id that they name. */
export async function countSealed(
  db: Queryable,
  { table, column }: SealedColumn,
): Promise<{ keyId: string; count: number }[]> {
  return await db.query<{ keyId: string; count: number }>({
    name: `${table}_count_sealed`,
    text: `select split_part(${column}, '.', 2) as "keyId", count(*)::float8 as count
           from ${table} where ${column} is not null group by 1`,
  });
}

/** Sealed values in the order of their keys, at most `most`. */
export async function listSealed(
  db: Queryable,
  { table, key, column }: SealedColumn,
  most: number,
): Promise<SealedValue[]> {
  return await db.query<SealedValue>(
    {
      name: `${table}_list_sealed`,
      text: `select ${key}::text as id, ${column} as sealed from ${table}
             where ${column} is not null order by ${key} limit $1`,
    },
    [most],
  );
}
