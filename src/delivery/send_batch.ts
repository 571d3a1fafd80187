import { setTimeout as wait } from 'node:timers/promises';
import type { NoticeKind } from '../domain/notices.ts';
import type { Notice } from '../store/notices.ts';

/**
 * What became of one try. `rejected`: the receiver never will take this notice. `failed`: it had trouble
 * with this one. `unreachable`: with any.
 */
export type Delivery =
  | { outcome: 'delivered' }
  | { outcome: 'rejected' | 'failed' | 'unreachable'; error: string };

export type Sender = (notice: Notice) => Promise<Delivery>;

export interface Tried {
  notice: Notice;
  delivery: Delivery;
}

export interface SentBatch {
  tried: Tried[];
  /** Claimed, and not tried. */
  unsent: Notice[];
  /** The other notices need not be tried for now. */
  isReceiverDown: boolean;
}

/** How many notices are on their way to one receiver at once. */
export const atOnce = 8;
/** No try takes longer, in milliseconds, whatever the receiver does. */
const longestTry = 10_000;
/** So many different notices that fail, and none that is taken, are the receiver's fault. */
const mostFailed = 8;

/**
 * Send one receiver's notices: the first alone, then a few at once, until it proves to be down or
 * `signal` says to stop.
 */
export async function sendBatch(
  batch: readonly Notice[],
  senders: Readonly<Record<NoticeKind, Sender>>,
  signal: AbortSignal,
): Promise<SentBatch> {
  const unsent = batch.toSorted((a, b) => (a.noticeId < b.noticeId ? -1 : 1));
  const tried: Tried[] = [];
  const underWay = new Set<unknown>();

  async function sendNext(): Promise<boolean> {
    if (signal.aborted || isReceiverDown(tried)) return false;
    // What concerns one account is sent in the order in which it happened.
    const at = unsent.findIndex(({ payload }) => !underWay.has(payload.accountId));
    const [notice] = at < 0 ? [] : unsent.splice(at, 1);
    if (!notice) return false;
    const { accountId } = notice.payload;
    if (accountId !== undefined) underWay.add(accountId);
    tried.push({ notice, delivery: await tryOnce(senders[notice.kind], notice) });
    underWay.delete(accountId);
    return true;
  }
  async function sendAll(): Promise<void> {
    while (await sendNext());
  }

  await sendNext();
  await Promise.all(Array.from({ length: atOnce }, sendAll));
  return { tried, unsent, isReceiverDown: isReceiverDown(tried) };
}

/** One that was down before is down still when its probe fails: that notice is the newest there was. */
function isReceiverDown(tried: readonly Tried[]): boolean {
  const count = (outcome: Delivery['outcome']) =>
    tried.filter(({ delivery }) => delivery.outcome === outcome).length;
  if (count('unreachable') > 0) return true;
  const isProbe = tried.some(({ notice }) => notice.receiverFailures > 0);
  return count('delivered') === 0 && count('failed') >= (isProbe ? 1 : mostFailed);
}

async function tryOnce(send: Sender, notice: Notice): Promise<Delivery> {
  const done = new AbortController();
  const timeOut = wait(longestTry, undefined, { signal: done.signal, ref: false }).then(
    (): Delivery => ({ outcome: 'unreachable', error: 'no answer' }),
  );
  try {
    return await Promise.race([send(notice), timeOut]);
  } catch (error) {
    return { outcome: 'unreachable', error: error instanceof Error ? error.message : 'unknown' };
  } finally {
    done.abort();
    timeOut.catch(() => undefined);
  }
}
