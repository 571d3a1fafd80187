import type { Configuration } from '../domain/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { countEndsAmong } from './count_ends.ts';
import type { EndCount } from './count_ends.ts';
import { listMaybeOver } from './list_maybe_over.ts';

/**
 * What is open now and over under `configuration`: what the sweepers end within seconds once it is in
 * force, to the row. By policy and reason, in that order. The more is open, the longer it takes; see `estimateEnds`.
 */
export async function previewEnds(tx: Queryable, configuration: Configuration): Promise<EndCount[]> {
  return await countEndsAmong(tx, configuration, {
    sessions: listMaybeOver(tx, 'sessions', configuration),
    families: listMaybeOver(tx, 'families', configuration),
  });
}
