import { createHash } from 'node:crypto';
import type { Queryable } from '../../store/database.ts';
import { keepAnswer, takeIdempotencyKey } from '../../store/idempotent_answers.ts';
import type { Administrator } from '../dependencies.ts';
import { ApiProblem } from './problem.ts';
import type { Answer } from './route.ts';

/**
 * Make a change once for a caller's `Idempotency-Key`, and give the same answer whenever it is asked for
 * again within a day. Throws `idempotency_key_reused` where the key stood for another request.
 */
export async function answerOnce(
  tx: Queryable,
  { key, caller, request }: { key: string; caller: Administrator; request: unknown },
  change: () => Promise<Answer<unknown>>,
): Promise<Answer<unknown>> {
  const keyHash = digest([caller.accountId, caller.clientId, key]);
  const requestHash = digest(request);
  const kept = await takeIdempotencyKey(tx, keyHash, requestHash);
  if (!kept) {
    const answer = await change();
    await keepAnswer(tx, keyHash, answer);
    return answer;
  }
  if (!kept.requestHash.equals(requestHash))
    throw new ApiProblem(
      'idempotency_key_reused',
      'The Idempotency-Key was sent with another request before.',
    );
  return kept.answer as Answer<unknown>;
}

function digest(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value)).digest();
}
