import { setTimeout as pause } from 'node:timers/promises';
import type { Queryable } from '../../src/store/database.ts';

/** Resolves when a statement of this database waits for a row lock; fails after 5 s. */
export async function waitForLockWait(db: Queryable): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const [row] = await db.query<{ waiting: number }>({
      name: 'test_lock_wait',
      text: `select count(*)::int as waiting from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'`,
    });
    if (row && row.waiting > 0) return;
    await pause(10);
  }
  throw new Error('Nothing waits for a lock.');
}
