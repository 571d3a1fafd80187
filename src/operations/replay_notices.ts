import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { isUuid } from '../domain/uuid.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { reviveNotices } from '../store/undelivered_notices.ts';

/**
 * Try undeliverable notices again, from the beginning. Returns how many. Throws Problem `notice_unknown`,
 * and changes nothing, when one of those named is none that was given up.
 */
export async function replayNotices(
  tx: Queryable,
  noticeIds: readonly string[] | 'all',
  origin: Origin,
): Promise<number> {
  const wanted = noticeIds === 'all' ? noticeIds : [...new Set(noticeIds.filter(isUuid))];
  const count = await reviveNotices(tx, wanted);
  if (noticeIds !== 'all' && count < new Set(noticeIds).size) {
    throw new Problem('notice_unknown', 'Not all of these are notices that were given up.');
  }
  if (count > 0) await recordEvent(tx, 'notice.replayed', {}, origin, { count });
  return count;
}
