import type { Queryable } from './database.ts';

export interface KeptAnswer {
  requestHash: Buffer;
  answer: unknown;
}

/**
 * Take a key for the change in this transaction; another that has it in hand is waited for. Returns what
 * was answered under it before.
 */
export async function takeIdempotencyKey(
  tx: Queryable,
  keyHash: Buffer,
  requestHash: Buffer,
): Promise<KeptAnswer | undefined> {
  const taken = await tx.query(
    {
      name: 'idempotent_answer_take',
      text: `insert into idempotent_answers (key_hash, request_hash, expires_at)
             values ($1, $2, curfew_now() + interval '1 day') on conflict (key_hash) do nothing returning 1`,
    },
    [keyHash, requestHash],
  );
  if (taken.length > 0) return undefined;
  const [kept] = await tx.query<KeptAnswer>(
    {
      name: 'idempotent_answer',
      text: 'select request_hash as "requestHash", answer from idempotent_answers where key_hash = $1',
    },
    [keyHash],
  );
  if (!kept) throw new Error('The kept answer was deleted just now.');
  return kept;
}

export async function keepAnswer(tx: Queryable, keyHash: Buffer, answer: unknown): Promise<void> {
  await tx.query(
    { name: 'idempotent_answer_keep', text: 'update idempotent_answers set answer = $2 where key_hash = $1' },
    [keyHash, JSON.stringify(answer)],
  );
}
