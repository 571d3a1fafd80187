import { deleteStream as deleteOne } from '../operations/delete_stream.ts';
import { invalid, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';

/** Delete a stream, and what waits for it (SSF 1.0 §8.1.1.5). */
export async function deleteStream({ database }: SsfDependencies, call: Call): Promise<Answer> {
  const streamId = call.query.get('stream_id');
  if (streamId === null) return invalid('stream_id: is missing');
  const { clientId, origin } = call;
  const deleted = await database.transaction((tx) => deleteOne(tx, { clientId, streamId }, origin));
  return deleted ? { status: 204 } : unknownStream;
}
