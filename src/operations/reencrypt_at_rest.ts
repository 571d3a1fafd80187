import { setTimeout as pause } from 'node:timers/promises';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { keepSealKeys } from '../events/seal_keys.ts';
import type { Database } from '../store/database.ts';
import { countOldSealed, lockOldSealed, sealedColumns, writeSealed } from '../store/sealed_columns.ts';
import type { SealedColumn } from '../store/sealed_columns.ts';

export interface ReencryptedColumn {
  /** As `table.column`. */
  name: string;
  reencrypted: number;
  /** No secret that was given opens these; they stay as they are. */
  unreadable: number;
  /** Locked by others at every try, or written meanwhile by a server that has not got the newest secret first. */
  left: number;
}

export interface ReencryptOptions {
  /** Told after each batch, which is committed by then. */
  onProgress?: (name: string, reencrypted: number) => void;
  /** How many values one transaction locks and rewrites. */
  batch?: number;
}

/** What others have locked is tried again so often, after a growing pause. */
const mostPasses = 8;

/**
 * Rewrite what an older secret has encrypted under the newest one, in batches, while servers run: each has all of the
 * secrets, and reads either. May be broken off and begun again: what is done is skipped.
 */
export async function reencryptAtRest(
  database: Database,
  secrets: SecretsAtRest,
  options: ReencryptOptions,
  origin: Origin,
): Promise<ReencryptedColumn[]> {
  await database.transaction((tx) => keepSealKeys(tx, secrets));
  const columns: ReencryptedColumn[] = [];
  for (const column of sealedColumns) columns.push(await reencryptColumn(database, secrets, column, options));
  const done = columns.filter(({ reencrypted }) => reencrypted > 0);
  if (done.length > 0) {
    const detail = Object.fromEntries(done.map(({ name, reencrypted }) => [name, reencrypted]));
    await recordEvent(database, 'secrets.reencrypted', {}, origin, detail);
  }
  return columns;
}

async function reencryptColumn(
  database: Database,
  secrets: SecretsAtRest,
  column: SealedColumn,
  options: ReencryptOptions,
): Promise<ReencryptedColumn> {
  const name = `${column.table}.${column.column}`;
  const { newestId } = secrets;
  const unreadable = new Set<string>();
  let reencrypted = 0;
  let left = 0;
  for (let pass = 0; pass < mostPasses; pass += 1) {
    await pause(pass * 50);
    let after: string | undefined;
    do {
      const batch = await reencryptBatch(database, secrets, column, { after, limit: options.batch ?? 200 });
      for (const id of batch.unreadable) unreadable.add(id);
      reencrypted += batch.reencrypted;
      after = batch.last;
      if (batch.reencrypted > 0) options.onProgress?.(name, reencrypted);
    } while (after !== undefined);
    left = Math.max(0, (await countOldSealed(database, column, newestId)) - unreadable.size);
    if (left === 0) break;
  }
  return { name, reencrypted, unreadable: unreadable.size, left };
}

/** One transaction. `last` is the key that the next batch comes after; undefined: there is nothing more. */
async function reencryptBatch(
  database: Database,
  secrets: SecretsAtRest,
  column: SealedColumn,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ reencrypted: number; unreadable: string[]; last: string | undefined }> {
  const { newestId } = secrets;
  return await database.transaction(async (tx) => {
    const found = await lockOldSealed(tx, column, { newestId, after, limit });
    const readable = found.filter(({ sealed }) => secrets.knows(sealed));
    const anew = readable.map(({ id, sealed }) => {
      const context = `${column.table}:${column.column}:${id}`;
      return { id, sealed: secrets.seal(secrets.open(sealed, context), context) };
    });
    if (anew.length > 0) await writeSealed(tx, column, anew);
    return {
      reencrypted: anew.length,
      unreadable: found.filter((value) => !readable.includes(value)).map(({ id }) => id),
      last: found.at(-1)?.id,
    };
  });
}
