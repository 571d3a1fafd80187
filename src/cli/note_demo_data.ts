import { holdsDemoData } from '../reports/holds_demo_data.ts';
import type { Queryable } from '../store/database.ts';

/** A line on stderr where what is told comes of demo data. */
export async function noteDemoData(database: Queryable): Promise<void> {
  if (!(await holdsDemoData(database))) return;
  process.stderr.write('This trail begins with demo data: thirty days of a made-up company.\n');
}
