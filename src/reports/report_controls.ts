import { readControls } from '../controls/read_controls.ts';
import type { ControlState } from '../controls/read_controls.ts';
import type { Queryable } from '../store/database.ts';

export type { ControlState };

/** What the detective control has found so far. */
export async function reportControls(db: Queryable): Promise<ControlState> {
  return await readControls(db);
}
