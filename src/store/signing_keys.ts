import type { Instant } from '../domain/instants.ts';
import type { SigningKeyTimes } from '../domain/signing_keys.ts';
import type { Queryable } from './database.ts';

export interface StoredSigningKey {
  keyId: string;
  algorithm: string;
  purpose: string;
  publicJwk: Record<string, unknown>;
  privateSealed: string;
}

export interface NewSigningKey extends StoredSigningKey {
  isCurrent: boolean;
  /** Seconds for which a JWKS that does not have it yet may still be kept. */
  jwksMaxAge: number;
}

const stateOf = `case when activated_at is null then 'next' when replaced_at is null then 'current' else 'previous' end`;
/** What signs comes first, then what will, then what did, the newest first. */
const inOrder = `order by purpose desc, algorithm, replaced_at is not null, activated_at is null, activated_at desc, key_id`;

/** Every key with its moments and without its halves; all at one moment. */
export async function listSigningKeyTimes(db: Queryable): Promise<{ keys: SigningKeyTimes[]; now: Instant }> {
  const rows = await db.query<SigningKeyTimes & { now: Instant }>({
    name: 'signing_key_times',
    text: `select key_id as "keyId", algorithm, purpose, ${stateOf} as state, to_micros(created_at) as "createdAt",
             to_micros(activated_at) as "activatedAt", to_micros(replaced_at) as "replacedAt",
             to_micros(published_until) as "publishedUntil", jwks_max_age as "jwksMaxAge", to_micros(curfew_now()) as now
           from signing_keys where retired_at is null ${inOrder}`,
  });
  return { keys: rows.map(({ now: _, ...key }) => key), now: rows[0]?.now ?? 0 };
}

/** Every key with both halves, in the order in which they sign, and the version that they are. */
export async function loadSigningKeys(db: Queryable): Promise<{ version: number; keys: StoredSigningKey[] }> {
  const [row] = await db.query<{ version: number; keys: StoredSigningKey[] }>({
    name: 'signing_keys_load',
    text: `select version::float8 as version, (
             select coalesce(json_agg(json_build_object('keyId', key_id, 'algorithm', algorithm, 'purpose', purpose,
               'publicJwk', public_jwk, 'privateSealed', private_sealed) ${inOrder}), '[]')
             from signing_keys where retired_at is null) as keys
           from signing_key_version`,
  });
  if (!row) throw new Error('The version of the signing keys is missing.');
  return row;
}

/** The version alone: a poll that costs next to nothing. */
export async function readSigningKeyVersion(db: Queryable): Promise<number> {
  const [row] = await db.query<{ version: number }>({
    name: 'signing_key_version',
    text: 'select version::float8 as version from signing_key_version',
  });
  return row?.version ?? 0;
}

/** One at a time changes the keys, and every change is a version: call it first in the transaction. */
export async function lockSigningKeys(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'signing_keys_lock',
    text: 'update signing_key_version set version = version + 1',
  });
}

export async function insertSigningKey(tx: Queryable, key: NewSigningKey): Promise<void> {
  await tx.query(
    {
      name: 'signing_key_insert',
      text: `insert into signing_keys (key_id, algorithm, purpose, public_jwk, private_sealed, jwks_max_age, created_at,
               activated_at)
             select $1, $2, $3, $4, $5, $6, now, case when $7 then now end from curfew_now() now`,
    },
    [
      key.keyId,
      key.algorithm,
      key.purpose,
      JSON.stringify(key.publicJwk),
      key.privateSealed,
      key.jwksMaxAge,
      key.isCurrent,
    ],
  );
}

/** Let a key sign. What signed before stays published for `seconds`; returns until when, undefined where nothing did. */
export async function activateSigningKey(
  tx: Queryable,
  { keyId, algorithm, purpose }: Pick<SigningKeyTimes, 'keyId' | 'algorithm' | 'purpose'>,
  seconds: number,
): Promise<{ replaced: string; publishedUntil: Instant } | undefined> {
  const [replaced] = await tx.query<{ replaced: string; publishedUntil: Instant }>(
    {
      name: 'signing_key_replace',
      text: `update signing_keys set replaced_at = now, published_until = now + make_interval(secs => $3)
             from curfew_now() now
             where purpose = $1 and algorithm = $2 and activated_at is not null and replaced_at is null
               and retired_at is null
             returning key_id as replaced, to_micros(published_until) as "publishedUntil"`,
    },
    [purpose, algorithm, seconds],
  );
  await tx.query(
    {
      name: 'signing_key_activate',
      text: 'update signing_keys set activated_at = curfew_now() where key_id = $1',
    },
    [keyId],
  );
  return replaced;
}

export async function deleteSigningKey(tx: Queryable, keyId: string): Promise<void> {
  await tx.query({ name: 'signing_key_delete', text: 'delete from signing_keys where key_id = $1' }, [keyId]);
}

/** Remove the keys whose last token is over, with their private halves. */
export async function deleteOldSigningKeys(
  tx: Queryable,
): Promise<Pick<SigningKeyTimes, 'keyId' | 'algorithm' | 'purpose'>[]> {
  return await tx.query({
    name: 'signing_keys_delete',
    text: `delete from signing_keys where published_until <= curfew_now()
           returning key_id as "keyId", algorithm, purpose`,
  });
}
