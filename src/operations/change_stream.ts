import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Origin } from '../domain/origin.ts';
import type { StreamSettings } from '../domain/security_events.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { lockStream } from '../store/ssf_streams.ts';
import type { StoredStream, StreamReference } from '../store/ssf_streams.ts';
import { describeStream, writeStreamSettings } from './write_stream_settings.ts';

/**
 * Give a stream the settings that `change` makes of the stream as it is; undefined: the client has no such
 * stream. What waits is tried again at once.
 */
export async function changeStream(
  tx: Queryable,
  secrets: SecretsAtRest,
  reference: StreamReference,
  change: (current: StoredStream) => StreamSettings,
  origin: Origin,
): Promise<StoredStream | undefined> {
  const current = await lockStream(tx, reference);
  if (!current) return undefined;
  const stream = await writeStreamSettings(tx, secrets, current, change(current));
  await recordEvent(tx, 'stream.updated', { clientId: stream.clientId }, origin, describeStream(stream));
  return stream;
}
