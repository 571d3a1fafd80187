import { setTimeout as wait } from 'node:timers/promises';
import { streamReceiver } from '../domain/security_events.ts';
import type { Queryable } from '../store/database.ts';
import { listWaitingNotices } from '../store/notices.ts';
import { findStream } from '../store/ssf_streams.ts';
import type { StreamReference } from '../store/ssf_streams.ts';

export type WaitingEvents = Awaited<ReturnType<typeof listWaitingNotices>>;

/** Whoever waits is answered after so long, and looked after so often, in milliseconds. */
const longestWait = 20_000;
const lookEvery = 1000;
/** Streams for whose events somebody waits at this instance: one each, and no more than `mostWaiting`. */
const waiting = new Set<string>();
const mostWaiting = 100;

/**
 * Up to `most` events that wait for a stream whose receiver polls; of one that is not enabled, none.
 * undefined: there is no such stream (any more).
 */
export async function findEvents(
  db: Queryable,
  reference: StreamReference,
  most: number,
): Promise<WaitingEvents | undefined> {
  const stream = await findStream(db, reference);
  if (!stream || stream.pushUrl !== null) return undefined;
  if (stream.status !== 'enabled') return [];
  return await listWaitingNotices(db, streamReceiver(stream.streamId), most);
}

/** Likewise, and where there are none wait for the first, until `signal` or too long. */
export async function awaitEvents(
  db: Queryable,
  reference: StreamReference,
  most: number,
  signal: AbortSignal,
): Promise<WaitingEvents | undefined> {
  const { streamId } = reference;
  if (waiting.has(streamId) || waiting.size >= mostWaiting) return await findEvents(db, reference, most);
  const giveUpAt = performance.now() + longestWait;
  waiting.add(streamId);
  try {
    for (;;) {
      const found = await findEvents(db, reference, most);
      if (found?.length !== 0 || performance.now() >= giveUpAt || signal.aborted) return found;
      await wait(lookEvery, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    waiting.delete(streamId);
  }
}
