import { randomUUID } from 'node:crypto';
import type { Origin } from '../domain/origin.ts';
import { toEpochSeconds } from '../domain/instants.ts';
import { streamReceiver, verificationEvent } from '../domain/security_events.ts';
import type { SecurityEventNotice } from '../domain/security_events.ts';
import type { Queryable } from '../store/database.ts';
import { insertNotices } from '../store/notices.ts';
import { readNow } from '../store/sessions.ts';
import { lockStream, noteVerification } from '../store/ssf_streams.ts';
import type { StreamReference } from '../store/ssf_streams.ts';

/** A stream is verified no more often than this. */
export const verificationSeconds = 5;

/**
 * Queue the verification event of a stream (SSF 1.0 §8.1.4.2), with the receiver's `state`. A disabled
 * stream has no events, this one included.
 */
export async function requestVerification(
  tx: Queryable,
  reference: StreamReference,
  state: string | undefined,
  { requestId }: Origin,
): Promise<'queued' | 'unknown' | 'too_soon'> {
  const stream = await lockStream(tx, reference);
  if (!stream) return 'unknown';
  const { streamId } = stream;
  if (!(await noteVerification(tx, streamId, verificationSeconds))) return 'too_soon';
  if (stream.status === 'disabled') return 'queued';
  const payload: SecurityEventNotice = {
    streamId,
    type: verificationEvent,
    members: state === undefined ? {} : { state },
    txn: requestId ?? randomUUID(),
    issuedAt: toEpochSeconds(await readNow(tx)),
  };
  await insertNotices(tx, [
    { kind: 'security_event', receiver: streamReceiver(streamId), payload: { ...payload } },
  ]);
  return 'queued';
}
