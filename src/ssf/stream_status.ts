import { z } from 'zod';
import { setStreamStatus } from '../operations/set_stream_status.ts';
import { findStream } from '../store/ssf_streams.ts';
import type { StoredStream } from '../store/ssf_streams.ts';
import { invalid, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { describeFault } from './stream_request.ts';

const requestSchema = z.object({
  stream_id: z.string(),
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: z.string().max(1000).exactOptional(),
});

/** Read whether a stream is enabled (SSF 1.0 §8.1.2.1). */
export async function readStatus({ database }: SsfDependencies, call: Call): Promise<Answer> {
  const streamId = call.query.get('stream_id');
  if (streamId === null) return invalid('stream_id: is missing');
  const stream = await findStream(database, { clientId: call.clientId, streamId });
  return stream ? { status: 200, body: viewStatus(stream) } : unknownStream;
}

/** Enable, pause or disable a stream (SSF 1.0 §8.1.2.2). */
export async function updateStatus({ database }: SsfDependencies, call: Call): Promise<Answer> {
  const request = requestSchema.safeParse(call.body);
  if (!request.success) return invalid(describeFault(request.error));
  const { stream_id: streamId, ...change } = request.data;
  const { clientId, origin } = call;
  const stream = await database.transaction((tx) =>
    setStreamStatus(tx, { clientId, streamId }, change, origin),
  );
  return stream ? { status: 200, body: viewStatus(stream) } : unknownStream;
}

function viewStatus({ streamId, status, statusReason }: StoredStream): Record<string, unknown> {
  return { stream_id: streamId, status, ...(statusReason === null ? {} : { reason: statusReason }) };
}
