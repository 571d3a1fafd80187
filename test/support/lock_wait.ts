import { setTimeout as pause } from 'node:timers/promises';
import type { Queryable } from '../../src/store/database.ts';

async function listWaitingCommits(db: Queryable): Promise<number[]> {
  const rows = await db.query<{ pid: number }>({
    name: 'test_lock_wait',
    text: `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
             and query like '%\\_commit(%' and pid <> pg_backend_pid()`,
  });
  return rows.map(({ pid }) => pid);
}

/**
 * Resolves with the connection that waits for a lock to write what a token request decided, never with
 * one of the sweeper's; fails after 5 s.
 */
export async function waitForWaitingCommit(db: Queryable): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const [pid] = await listWaitingCommits(db);
    if (pid !== undefined) return pid;
    await pause(10);
  }
  throw new Error('No commit waits for a lock.');
}
