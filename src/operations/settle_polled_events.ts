import { recordEvents } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { streamReceiver } from '../domain/security_events.ts';
import type { Queryable } from '../store/database.ts';
import { buryNotices, deleteNotices, filterWaitingNotices } from '../store/notices.ts';
import type { StreamReference } from '../store/ssf_streams.ts';

/** What a polling receiver says of events it got before, by their `jti` (RFC 8936 §2.2). */
export interface PolledEvents {
  acknowledged: readonly string[];
  /** Those it cannot take, and why. */
  refused: ReadonlyMap<string, string>;
}

/** Forget acknowledged events of a stream; keep those refused, and try them no more. Others are not ours to settle. */
export async function settlePolledEvents(
  tx: Queryable,
  { clientId, streamId }: StreamReference,
  { acknowledged, refused }: PolledEvents,
  origin: Origin,
): Promise<void> {
  if (acknowledged.length + refused.size === 0) return;
  const receiver = streamReceiver(streamId);
  const waiting = await filterWaitingNotices(tx, receiver, [...acknowledged, ...refused.keys()]);
  const dead = waiting.flatMap((noticeId) => {
    const error = refused.get(noticeId);
    return error === undefined ? [] : [{ noticeId, error }];
  });
  await buryNotices(tx, dead);
  await deleteNotices(
    tx,
    waiting.filter((id) => !refused.has(id)),
  );
  const events = dead.map(({ noticeId, error }) => ({
    subject: { clientId },
    detail: { notice_id: noticeId, kind: 'security_event', receiver, error },
  }));
  await recordEvents(tx, 'notice.undeliverable', origin, events);
}
