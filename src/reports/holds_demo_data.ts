import { beginsWithEvent } from '../store/audit_events.ts';
import type { Queryable } from '../store/database.ts';

/** Whether the trail begins with the history of the made-up company: then reports tell of that. */
export async function holdsDemoData(db: Queryable): Promise<boolean> {
  return await beginsWithEvent(db, 'demo.history_written');
}
