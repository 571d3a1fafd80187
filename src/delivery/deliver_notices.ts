import type { Logger } from 'pino';
import type { NoticeKind } from '../domain/notices.ts';
import { recordEvents } from '../events/record_event.ts';
import type { Database, Queryable } from '../store/database.ts';
import {
  buryNotices,
  claimNotices,
  clearReceiver,
  countReceiverFailure,
  delayNotices,
  delayReceiver,
  deleteNotices,
  releaseNotices,
} from '../store/notices.ts';
import type { Notice } from '../store/notices.ts';
import { backoffSeconds } from './backoff.ts';

/**
 * What became of one try. `failed`: the receiver could not be reached or had trouble, so try again.
 * `rejected`: it never will take this notice.
 */
export type Delivery =
  | { outcome: 'delivered' }
  | { outcome: 'failed'; error: string }
  | { outcome: 'rejected'; error: string };

export type Sender = (notice: Notice) => Promise<Delivery>;

export interface DelivererOptions {
  database: Database;
  senders: Readonly<Record<NoticeKind, Sender>>;
  log: Logger;
}

/** How many receivers one instance is at, and how many notices it sends to one of them at once. */
const mostReceivers = 64;
const atOnce = 4;
/** How many notices are claimed for one receiver, and in one look. */
const mostForOne = 32;
const mostPerLook = 100;
/** Longer than a whole lane takes when each of its notices waits until it times out. */
const claimSeconds = 60;
/** A notice that could not be delivered for so long is kept, and tried no more. */
const longestAgeSeconds = 24 * 3600;

export interface Deliverer {
  /** Take in hand what is due; resolves when it is claimed, not when it is delivered. */
  deliverDue(): Promise<void>;
  /** Send nothing more; resolves when what was under way is settled. */
  stop(): Promise<void>;
}

/** Delivers notices from the outbox. Each receiver has a lane of its own: a dead one slows nobody else. */
export function createDeliverer({ database, senders, log }: DelivererOptions): Deliverer {
  const lanes = new Map<string, Promise<void>>();
  const kinds = Object.keys(senders) as NoticeKind[];
  const stopping = new AbortController();

  async function deliverDue(): Promise<void> {
    if (stopping.signal.aborted || lanes.size >= mostReceivers) return;
    const notices = await claimNotices(database, {
      kinds,
      busy: [...lanes.keys()],
      mostReceivers: mostReceivers - lanes.size,
      mostForOne,
      most: mostPerLook,
      forSeconds: claimSeconds,
    });
    for (const receiver of new Set(notices.map((notice) => notice.receiver))) {
      const own = notices.filter((notice) => notice.receiver === receiver);
      const lane = runLane(receiver, own)
        .catch((error: unknown) => log.warn({ err: error, receiver }, 'notices not settled'))
        .finally(() => lanes.delete(receiver));
      lanes.set(receiver, lane);
    }
  }

  /** Send one receiver's notices, a few at once, until one fails: the rest waits with it. */
  async function runLane(receiver: string, notices: readonly Notice[]): Promise<void> {
    const queue = [...notices];
    const tried: Tried[] = [];
    let isBroken = false;
    async function work(): Promise<void> {
      while (!isBroken && !stopping.signal.aborted) {
        const notice = queue.shift();
        if (!notice) return;
        const delivery = await tryOnce(notice);
        tried.push({ notice, delivery });
        isBroken ||= delivery.outcome === 'failed';
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work));
    await settle(receiver, tried, queue);
  }

  async function tryOnce(notice: Notice): Promise<Delivery> {
    try {
      return await senders[notice.kind](notice);
    } catch (error) {
      return { outcome: 'failed', error: error instanceof Error ? error.message : 'unknown' };
    }
  }

  async function settle(receiver: string, tried: readonly Tried[], unsent: readonly Notice[]): Promise<void> {
    const delivered = tried.filter(({ delivery }) => delivery.outcome === 'delivered');
    const failed = tried.filter(({ delivery }) => delivery.outcome === 'failed');
    const isDead = ({ notice, delivery }: Tried) =>
      delivery.outcome === 'rejected' ||
      (delivery.outcome === 'failed' && notice.ageSeconds >= longestAgeSeconds);
    await database.transaction(async (tx) => {
      await deleteNotices(tx, delivered.map(noticeId));
      await releaseNotices(
        tx,
        unsent.map((notice) => notice.noticeId),
      );
      await bury(tx, tried.filter(isDead));
      await delayNotices(tx, failed.filter((one) => !isDead(one)).map(planRetry));
      if (failed.length === 0) return await clearReceiver(tx, receiver);
      const failures = await countReceiverFailure(tx, receiver);
      await delayReceiver(tx, receiver, backoffSeconds(failures, Math.random()));
    });
    for (const { notice, delivery } of tried) {
      if (delivery.outcome === 'delivered') continue;
      const { error, outcome } = delivery;
      log.warn(
        { noticeId: notice.noticeId, receiver, tries: notice.tries, outcome, error },
        'notice not taken',
      );
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

interface Tried {
  notice: Notice;
  delivery: Delivery;
}

const noticeId = ({ notice }: Tried): string => notice.noticeId;

const errorOf = ({ delivery }: Tried): string => ('error' in delivery ? delivery.error : '');

function planRetry(one: Tried): { noticeId: string; seconds: number; error: string } {
  return {
    noticeId: noticeId(one),
    seconds: backoffSeconds(one.notice.tries, Math.random()),
    error: errorOf(one),
  };
}

async function bury(tx: Queryable, dead: readonly Tried[]): Promise<void> {
  await buryNotices(
    tx,
    dead.map((one) => ({ noticeId: noticeId(one), error: errorOf(one) })),
  );
  const events = dead.map((one) => ({
    subject: {},
    detail: {
      notice_id: noticeId(one),
      kind: one.notice.kind,
      receiver: one.notice.receiver,
      error: errorOf(one),
    },
  }));
  await recordEvents(tx, 'notice.undeliverable', { actor: 'deliverer' }, events);
}
