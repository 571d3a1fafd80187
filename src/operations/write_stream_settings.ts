import { sealPushAuthorization } from '../credentials/push_authorization.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { streamReceiver } from '../domain/security_events.ts';
import type { StreamSettings } from '../domain/security_events.ts';
import type { Queryable } from '../store/database.ts';
import { holdReceiver, letReceiverGo } from '../store/notice_receivers.ts';
import { writeStream } from '../store/ssf_streams.ts';
import type { StoredStream } from '../store/ssf_streams.ts';

/** Store a stream with these settings, and let what waits for it go, or hold it, as they say. */
export async function writeStreamSettings(
  tx: Queryable,
  secrets: SecretsAtRest,
  reference: Pick<StoredStream, 'streamId' | 'clientId' | 'status' | 'statusReason'>,
  { push, eventsRequested, description, subjectFormat }: StreamSettings,
): Promise<StoredStream> {
  const { streamId, clientId, status, statusReason } = reference;
  const authorization = push?.authorization;
  const stream: StoredStream = {
    streamId,
    clientId,
    pushUrl: push?.url ?? null,
    pushAuthorizationSealed:
      authorization === undefined ? null : sealPushAuthorization(secrets, streamId, authorization),
    eventsRequested: eventsRequested ? [...eventsRequested] : null,
    description: description ?? null,
    subjectFormat,
    status,
    statusReason,
  };
  await writeStream(tx, stream);
  await steerReceiver(tx, stream);
  return stream;
}

/** What waits is sent only while the stream is enabled and its receiver does not fetch it. */
export async function steerReceiver(
  tx: Queryable,
  { streamId, pushUrl, status }: StoredStream,
): Promise<void> {
  const receiver = streamReceiver(streamId);
  if (pushUrl !== null && status === 'enabled') await letReceiverGo(tx, receiver);
  else await holdReceiver(tx, receiver);
}

/** A stream for the trail. */
export function describeStream({ streamId, pushUrl, status }: StoredStream): Record<string, unknown> {
  return { stream_id: streamId, delivery: pushUrl === null ? 'poll' : 'push', status };
}
