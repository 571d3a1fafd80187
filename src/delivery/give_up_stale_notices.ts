import { recordEvents } from '../events/record_event.ts';
import type { Database } from '../store/database.ts';
import { buryStaleNotices } from '../store/undelivered_notices.ts';
import { longestAge } from './settle_batch.ts';

const batch = 1000;

/**
 * Give up notices that nobody has taken for too long, although each was not tried again: those of a
 * receiver that is down wait for its probes. An event for each receiver and batch.
 */
export async function giveUpStaleNotices(database: Database): Promise<void> {
  for (let count = batch; count === batch; ) {
    count = await database.transaction(async (tx) => {
      const buried = await buryStaleNotices(tx, { ageSeconds: longestAge, most: batch });
      const events = buried.map(({ kind, receiver, count: own, error }) => ({
        subject: {},
        detail: { kind, receiver, count: own, error },
      }));
      await recordEvents(tx, 'notice.undeliverable', { actor: 'deliverer' }, events);
      return buried.reduce((sum, { count: own }) => sum + own, 0);
    });
  }
}
