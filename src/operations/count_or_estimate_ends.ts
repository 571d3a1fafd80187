import type { Queryable } from '../store/database.ts';
import { estimateEnds, exactly } from './estimate_ends.ts';
import type { ConfigurationChange, EndsEstimate } from './estimate_ends.ts';
import { previewEnds } from './preview_ends.ts';

/** What a change would end: in a bounded time, or, where all is to be counted, to the row, however long that takes. */
export async function countOrEstimateEnds(
  tx: Queryable,
  change: ConfigurationChange,
  countsAll: boolean,
): Promise<EndsEstimate> {
  return countsAll ? exactly(await previewEnds(tx, change.next)) : await estimateEnds(tx, change);
}
