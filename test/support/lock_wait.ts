import type { Queryable } from '../../src/store/database.ts';
import { waitUntil } from './process_wait.ts';

async function findWaiting(db: Queryable, like: string): Promise<number | undefined> {
  const [row] = await db.query<{ pid: number }>(
    {
      name: 'test_lock_wait',
      text: `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
             and query like $1 and pid <> pg_backend_pid()`,
    },
    [like],
  );
  return row?.pid;
}

/** Resolves with a connection whose statement is like this and waits for a lock. */
export async function waitForWaiting(db: Queryable, like: string): Promise<number> {
  let pid: number | undefined;
  await waitUntil(async () => {
    pid = await findWaiting(db, like);
    return pid !== undefined;
  }, `no statement like ${like} waits for a lock`);
  return pid ?? 0;
}

/**
 * Resolves with the connection that waits for a lock to write what a token request decided, never with
 * one of the sweeper's.
 */
export async function waitForWaitingCommit(db: Queryable): Promise<number> {
  return await waitForWaiting(db, '%\\_commit(%');
}
