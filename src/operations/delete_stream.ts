import type { Origin } from '../domain/origin.ts';
import { streamReceiver } from '../domain/security_events.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { deleteReceiver } from '../store/notice_receivers.ts';
import { deleteStreamRow } from '../store/ssf_streams.ts';
import type { StreamReference } from '../store/ssf_streams.ts';

/** Delete a stream and what waits for it; false: the client has no such stream. */
export async function deleteStream(
  tx: Queryable,
  reference: StreamReference,
  origin: Origin,
): Promise<boolean> {
  if (!(await deleteStreamRow(tx, reference))) return false;
  const { clientId, streamId } = reference;
  await deleteReceiver(tx, streamReceiver(streamId));
  await recordEvent(tx, 'stream.deleted', { clientId }, origin, { stream_id: streamId });
  return true;
}
