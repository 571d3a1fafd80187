import type { Origin } from '../domain/origin.ts';
import { recordEvents } from '../events/record_event.ts';
import type { Database } from '../store/database.ts';
import { deleteStaleEvents } from '../store/ssf_streams.ts';

/** What a stream keeps for a receiver that does not come for it. */
export const eventBounds = { most: 10_000, mostSeconds: 7 * 86_400 };

const origin: Origin = { actor: 'sweeper' };

/** Drop the oldest events of streams that keep too many or too old ones, and say so in the trail. */
export async function dropStaleEvents(database: Database, bounds = eventBounds): Promise<number> {
  return await database.transaction(async (tx) => {
    const dropped = await deleteStaleEvents(tx, bounds);
    const events = dropped.map(({ receiver, count }) => ({ subject: {}, detail: { receiver, count } }));
    await recordEvents(tx, 'stream.events_dropped', origin, events);
    return dropped.reduce((total, { count }) => total + count, 0);
  });
}
