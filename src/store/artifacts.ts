import type { Queryable } from './database.ts';

/** A short-lived thing of the protocol, found by the hash of its id. */
export interface StoredArtifact {
  payload: Record<string, unknown>;
  consumed: boolean;
}

/** undefined when unknown or expired by the database's clock. */
export async function findArtifact(
  db: Queryable,
  model: string,
  idHash: Buffer,
): Promise<StoredArtifact | undefined> {
  const [row] = await db.query<{ payload: Record<string, unknown>; consumed: boolean }>(
    {
      name: 'artifact_by_id',
      text: `select payload, consumed_at is not null as consumed from artifacts
             where model = $1 and id_hash = $2 and expires_at > curfew_now()`,
    },
    [model, idHash],
  );
  return row;
}

/** What expired, as long as it is not cleaned away; undefined when unknown or alive. */
export async function findExpiredArtifact(
  db: Queryable,
  model: string,
  idHash: Buffer,
): Promise<Record<string, unknown> | undefined> {
  const [row] = await db.query<{ payload: Record<string, unknown> }>(
    {
      name: 'artifact_expired',
      text: `select payload from artifacts
             where model = $1 and id_hash = $2 and expires_at <= curfew_now()`,
    },
    [model, idHash],
  );
  return row?.payload;
}

export interface NewArtifact {
  model: string;
  idHash: Buffer;
  payload: Record<string, unknown>;
  /** Seconds. */
  ttl: number;
  userCodeHash?: Buffer;
}

export async function writeArtifact(tx: Queryable, artifact: NewArtifact): Promise<void> {
  await tx.query(
    {
      name: 'artifact_write',
      text: `insert into artifacts (model, id_hash, payload, expires_at, user_code_hash)
             values ($1, $2, $3, curfew_now() + make_interval(secs => $4), $5)
             on conflict (model, id_hash) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
    },
    [
      artifact.model,
      artifact.idHash,
      JSON.stringify(artifact.payload),
      artifact.ttl,
      artifact.userCodeHash ?? null,
    ],
  );
}

/** Mark as used; false when it was used before, is unknown or expired. */
export async function consumeArtifact(tx: Queryable, model: string, idHash: Buffer): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'artifact_consume',
      text: `update artifacts set consumed_at = curfew_now()
             where model = $1 and id_hash = $2 and consumed_at is null and expires_at > curfew_now() returning model`,
    },
    [model, idHash],
  );
  return rows.length > 0;
}

export async function deleteArtifact(tx: Queryable, model: string, idHash: Buffer): Promise<void> {
  await tx.query(
    { name: 'artifact_delete', text: 'delete from artifacts where model = $1 and id_hash = $2' },
    [model, idHash],
  );
}

/** By the hash of the code that a person types; undefined when unknown or expired. */
export async function findArtifactByUserCode(
  db: Queryable,
  model: string,
  userCodeHash: Buffer,
): Promise<{ idHash: Buffer; payload: Record<string, unknown> } | undefined> {
  const [row] = await db.query<{ idHash: Buffer; payload: Record<string, unknown> }>(
    {
      name: 'artifact_by_user_code',
      text: `select id_hash as "idHash", payload from artifacts
             where model = $1 and user_code_hash = $2 and expires_at > curfew_now()`,
    },
    [model, userCodeHash],
  );
  return row;
}

/**
 * Count a poll. One that comes sooner after the last than the interval is `too_fast`, and lengthens the
 * interval by five seconds (RFC 8628 §3.5).
 */
export async function pollArtifact(db: Queryable, model: string, idHash: Buffer): Promise<'ok' | 'too_fast'> {
  const [row] = await db.query<{ too_fast: boolean }>(
    {
      name: 'artifact_poll',
      text: `update artifacts set polled_at = curfew_now(),
               poll_interval = poll_interval + case
                 when polled_at > curfew_now() - make_interval(secs => poll_interval - 0.5) then 5 else 0 end
             where model = $1 and id_hash = $2
             returning new.poll_interval > old.poll_interval as too_fast`,
    },
    [model, idHash],
  );
  return row?.too_fast ? 'too_fast' : 'ok';
}

/** Remember a proof for `seconds`; false when it is remembered already. */
export async function noteProof(db: Queryable, idHash: Buffer, seconds: number): Promise<boolean> {
  const rows = await db.query(
    {
      name: 'proof_note',
      text: `insert into artifacts (model, id_hash, payload, expires_at)
             values ('Proof', $1, '{}', curfew_now() + make_interval(secs => $2))
             on conflict (model, id_hash) do nothing returning 1`,
    },
    [idHash, seconds],
  );
  return rows.length > 0;
}

/** Remember a proof for as long as it says it is good, when that is longer. */
export async function rememberProof(db: Queryable, idHash: Buffer, seconds: number): Promise<void> {
  await db.query(
    {
      name: 'proof_remember',
      text: `update artifacts set expires_at = greatest(expires_at, curfew_now() + make_interval(secs => $2))
             where model = 'Proof' and id_hash = $1`,
    },
    [idHash, seconds],
  );
}
