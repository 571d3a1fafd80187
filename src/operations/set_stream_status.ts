import type { Origin } from '../domain/origin.ts';
import { streamReceiver } from '../domain/security_events.ts';
import type { StreamStatus } from '../domain/security_events.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { deleteNoticesFor } from '../store/notice_receivers.ts';
import { lockStream, writeStream } from '../store/ssf_streams.ts';
import type { StoredStream, StreamReference } from '../store/ssf_streams.ts';
import { describeStream, steerReceiver } from './write_stream_settings.ts';

/**
 * Pause, disable or enable a stream (SSF 1.0 §8.1.2): a paused one keeps its events, a disabled one has
 * none. undefined: the client has no such stream.
 */
export async function setStreamStatus(
  tx: Queryable,
  reference: StreamReference,
  { status, reason }: { status: StreamStatus; reason?: string | undefined },
  origin: Origin,
): Promise<StoredStream | undefined> {
  const current = await lockStream(tx, reference);
  if (!current) return undefined;
  const stream = { ...current, status, statusReason: reason ?? null };
  await writeStream(tx, stream);
  if (status === 'disabled') await deleteNoticesFor(tx, streamReceiver(stream.streamId));
  await steerReceiver(tx, stream);
  await recordEvent(
    tx,
    'stream.status_changed',
    { clientId: stream.clientId },
    origin,
    describeStream(stream),
  );
  return stream;
}
