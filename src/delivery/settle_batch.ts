import type { Logger } from 'pino';
import { recordEvents } from '../events/record_event.ts';
import type { Database, Queryable } from '../store/database.ts';
import { clearReceiver, countReceiverFailure, delayReceiver } from '../store/notice_receivers.ts';
import { buryNotices, delayNotices, deleteNotices, releaseNotices } from '../store/notices.ts';
import { backoffSeconds } from './backoff.ts';
import type { SentBatch, Tried } from './send_batch.ts';

/** A notice that could not be delivered for so long is kept, and tried no more; in seconds. */
export const longestAge = 24 * 3600;

/** Stores what became of a batch. One at a time: connections to the database are for requests. */
export function createSettle(
  database: Database,
  log: Logger,
): (receiver: string, sent: SentBatch) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (receiver, sent) => {
    const own = last.then(() => settleBatch(database, receiver, sent));
    last = own.catch(() => undefined);
    logTried(log, receiver, sent.tried);
    return own;
  };
}

/** What a crash takes back is delivered once more: no commit here makes others wait for the disk. */
const deliveredAgain = { durable: false };

async function settleBatch(database: Database, receiver: string, sent: SentBatch): Promise<void> {
  const { tried, unsent, isReceiverDown } = sent;
  const isDead = ({ notice, delivery }: Tried) =>
    delivery.outcome === 'rejected' || (delivery.outcome !== 'delivered' && notice.ageSeconds >= longestAge);
  const delivered = tried.filter(({ delivery }) => delivery.outcome === 'delivered');
  const dead = tried.filter(isDead);
  const again = tried.filter((one) => !delivered.includes(one) && !dead.includes(one));
  await database.transaction(async (tx) => {
    await deleteNotices(tx, delivered.map(noticeId));
    await releaseNotices(
      tx,
      unsent.map((notice) => notice.noticeId),
    );
    await bury(tx, dead);
    await delayNotices(tx, again.map(planRetry));
    if (isReceiverDown) {
      const failures = await countReceiverFailure(tx, receiver);
      await delayReceiver(tx, receiver, backoffSeconds(failures, Math.random()));
    } else if (tried.length > 0) await clearReceiver(tx, receiver);
  }, deliveredAgain);
}

function logTried(log: Logger, receiver: string, tried: readonly Tried[]): void {
  for (const { notice, delivery } of tried) {
    if (delivery.outcome === 'delivered') continue;
    const { noticeId: id, tries } = notice;
    log.warn({ noticeId: id, receiver, tries, ...delivery }, 'notice not taken');
  }
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
