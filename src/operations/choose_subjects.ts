import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { deleteRemovedSubject, findStream, insertRemovedSubject } from '../store/ssf_streams.ts';
import type { StreamReference } from '../store/ssf_streams.ts';

/** A stream leaves out no more accounts than this. */
const mostRemoved = 10_000;

/** A stream that leaves an account out, or takes it in again; undefined: a subject that is no account of ours. */
export interface SubjectChoice extends StreamReference {
  accountId: string | undefined;
}

/** Take an account among a stream's subjects again; every account is one until it is removed. */
export async function addSubject(
  tx: Queryable,
  choice: SubjectChoice,
  origin: Origin,
): Promise<'done' | 'unknown_stream'> {
  const { clientId, streamId, accountId } = choice;
  if (!(await findStream(tx, choice))) return 'unknown_stream';
  if (accountId === undefined) return 'done';
  await deleteRemovedSubject(tx, { streamId, accountId });
  await recordEvent(tx, 'stream.subject_added', { clientId, accountId }, origin, { stream_id: streamId });
  return 'done';
}

/** Leave an account out of a stream. */
export async function removeSubject(
  tx: Queryable,
  choice: SubjectChoice,
  origin: Origin,
): Promise<'done' | 'unknown_stream' | 'too_many'> {
  const { clientId, streamId, accountId } = choice;
  if (!(await findStream(tx, choice))) return 'unknown_stream';
  if (accountId === undefined) return 'done';
  if (!(await insertRemovedSubject(tx, { streamId, accountId, most: mostRemoved }))) return 'too_many';
  await recordEvent(tx, 'stream.subject_removed', { clientId, accountId }, origin, { stream_id: streamId });
  return 'done';
}
