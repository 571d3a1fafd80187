import type { Configuration } from '../domain/configuration.ts';
import type { SweptLimits } from '../domain/swept_limits.ts';
import { sweptLimits } from '../policy/swept_limits.ts';
import { listOverdue } from '../store/check_walks.ts';
import type { Swept } from '../store/check_walks.ts';
import type { Queryable } from '../store/database.ts';

/** The ids of everything open that may be over under `configuration`, by its own limits, in portions. */
export async function* listMaybeOver(
  db: Queryable,
  table: Swept,
  configuration: Configuration,
): AsyncGenerator<string[], void, void> {
  for await (const overdue of listOverdue(db, table, limitsOfSwept(table, configuration)))
    yield overdue.map(({ id }) => id);
}

/** Limits of rows by themselves: a bound family may end earlier, with its session. */
export function limitsOfSwept(table: Swept, configuration: Configuration): SweptLimits {
  return sweptLimits(configuration, table === 'families' ? 'refresh' : 'session');
}
