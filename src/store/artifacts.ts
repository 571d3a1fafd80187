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

export interface NewArtifact {
  model: string;
  idHash: Buffer;
  payload: Record<string, unknown>;
  /** Seconds. */
  ttl: number;
}

export async function writeArtifact(tx: Queryable, artifact: NewArtifact): Promise<void> {
  await tx.query(
    {
      name: 'artifact_write',
      text: `insert into artifacts (model, id_hash, payload, expires_at)
             values ($1, $2, $3, curfew_now() + make_interval(secs => $4))
             on conflict (model, id_hash) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
    },
    [artifact.model, artifact.idHash, JSON.stringify(artifact.payload), artifact.ttl],
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
