import { findStream, listStreams } from '../store/ssf_streams.ts';
import { unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { viewStream } from './stream_view.ts';

/** Read one stream, or all of the client's (SSF 1.0 §8.1.1.2). */
export async function readStream(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  const { database } = dependencies;
  const { clientId, query } = call;
  const streamId = query.get('stream_id');
  if (streamId === null) {
    const streams = await listStreams(database, clientId);
    return { status: 200, body: streams.map((stream) => viewStream(dependencies, call, stream)) };
  }
  const stream = await findStream(database, { clientId, streamId });
  return stream ? { status: 200, body: viewStream(dependencies, call, stream) } : unknownStream;
}
