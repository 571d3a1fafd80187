import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** Bytes that may wait to be read. */
const highWaterMark = 256 * 1024;
/** Milliseconds, the longest that a timer lasts. */
const longest = 2 ** 31 - 1;

/**
 * The rows of a query on a connection, in PostgreSQL's text format. It may last as long as it takes: the client's
 * time limit is one for answers. `onUnfinished`: it was not read to its end, and nothing else runs on the connection.
 */
export async function* copyRows(
  client: Pick<pg.ClientBase, 'query'>,
  query: string,
  onUnfinished: (error: Error) => void,
): AsyncGenerator<Buffer> {
  const rows: ReturnType<typeof copyTo> & Timed = copyTo(`copy (${query}) to stdout`, { highWaterMark });
  rows.query_timeout = longest;
  client.query(rows);
  let isRead = false;
  try {
    yield* rows as AsyncIterable<Buffer>;
    isRead = true;
  } finally {
    // The client's timer ends by the callback that the client has put there.
    rows.callback?.();
    if (!isRead) onUnfinished(new Error('A copy was not read to its end.'));
  }
}

/** What the client looks for, and leaves, on what is sent through it. */
interface Timed {
  query_timeout?: number;
  callback?: () => void;
}
