import { randomUUID } from 'node:crypto';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Origin } from '../domain/origin.ts';
import type { StreamSettings } from '../domain/security_events.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { countStreamsLocked } from '../store/ssf_streams.ts';
import type { StoredStream } from '../store/ssf_streams.ts';
import { describeStream, writeStreamSettings } from './write_stream_settings.ts';

/** A client has no more streams than this. */
const mostStreams = 10;

/** Make an event stream of a client; undefined, and none is made: it has as many as it may have. */
export async function createStream(
  tx: Queryable,
  secrets: SecretsAtRest,
  { clientId, settings }: { clientId: string; settings: StreamSettings },
  origin: Origin,
): Promise<StoredStream | undefined> {
  if ((await countStreamsLocked(tx, clientId)) >= mostStreams) return undefined;
  // Not ordered by time, as other keys are: the identifier is part of an address.
  const reference = { clientId, streamId: randomUUID(), status: 'enabled', statusReason: null } as const;
  const stream = await writeStreamSettings(tx, secrets, reference, settings);
  await recordEvent(tx, 'stream.created', { clientId }, origin, describeStream(stream));
  return stream;
}
