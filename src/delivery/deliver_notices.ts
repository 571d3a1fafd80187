import type { Logger } from 'pino';
import type { NoticeKind } from '../domain/notices.ts';
import type { Database } from '../store/database.ts';
import { claimNotices } from '../store/notices.ts';
import type { Notice } from '../store/notices.ts';
import { createPace } from './pace.ts';
import type { Pace } from './pace.ts';
import { atOnce, sendBatch } from './send_batch.ts';
import type { Delivery, Sender } from './send_batch.ts';
import { createSettle } from './settle_batch.ts';

export interface DelivererOptions {
  database: Database;
  senders: Readonly<Record<NoticeKind, Sender>>;
  log: Logger;
  /** Told of each try, once it was made. */
  onTried?: ((kind: NoticeKind, outcome: Delivery['outcome']) => void) | undefined;
  /** How fast to send; by default as fast as this thread's other work lets it. */
  pace?: Pace;
}

/** How many receivers one instance is at, and how many notices are claimed for one of them, and in one look. */
const mostReceivers = 64;
const mostForOne = 4 * atOnce;
const mostPerLook = 128;
/** Longer than a whole batch takes when each of its notices waits until it times out. */
const claimSeconds = 60;

export interface Deliverer {
  /** Take in hand what is due; resolves when it is claimed, not when it is delivered. */
  deliverDue(): Promise<void>;
  /** Send nothing more; resolves when what was under way is settled. */
  stop(): Promise<void>;
}

/** Delivers notices from the outbox. Each receiver has a lane of its own: a dead one slows nobody else. */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const { database, senders, log, onTried, pace = createPace() } = options;
  const lanes = new Map<string, Promise<void>>();
  const kinds = Object.keys(senders) as NoticeKind[];
  const stopping = new AbortController();
  const settle = createSettle(database, log);

  async function deliverDue(): Promise<void> {
    pace.look();
    if (stopping.signal.aborted || lanes.size >= mostReceivers) return;
    const notices = await claim({ mostReceivers: mostReceivers - lanes.size, most: mostPerLook });
    for (const receiver of new Set(notices.map((notice) => notice.receiver))) {
      const own = notices.filter((notice) => notice.receiver === receiver);
      const lane = runLane(receiver, own)
        .catch((error: unknown) => log.warn({ err: error, receiver }, 'notices not settled'))
        .finally(() => lanes.delete(receiver));
      lanes.set(receiver, lane);
    }
  }

  async function claim(which: { only?: string; mostReceivers: number; most: number }): Promise<Notice[]> {
    const busy = which.only === undefined ? [...lanes.keys()] : [];
    const most = Math.min(which.most, pace.allowance());
    if (most === 0) return [];
    const limits = { mostForOne, forSeconds: claimSeconds, ...which, most };
    const claimed = await claimNotices(database, { kinds, busy, ...limits });
    pace.spend(claimed.length);
    return claimed;
  }

  /** Batch after batch, while the receiver takes them and there may be more. */
  async function runLane(receiver: string, first: readonly Notice[]): Promise<void> {
    for (let batch = first; batch.length > 0; ) {
      const sent = await sendBatch(batch, senders, stopping.signal);
      for (const { notice, delivery } of sent.tried) onTried?.(notice.kind, delivery.outcome);
      await settle(receiver, sent);
      if (sent.isReceiverDown || stopping.signal.aborted || batch.length < mostForOne) return;
      batch = await claim({ only: receiver, mostReceivers: 1, most: mostForOne });
    }
  }

  return {
    deliverDue,
    async stop() {
      stopping.abort();
      await Promise.all(lanes.values());
    },
  };
}
