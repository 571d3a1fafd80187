import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { listRolesOf } from '../policy/operator_rights.ts';
import { countEnabledWith } from '../store/account_pages.ts';
import { isWalked } from '../store/check_walks.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { estimateEnds, exactly } from './estimate_ends.ts';
import type { EndsEstimate } from './estimate_ends.ts';
import { previewEnds } from './preview_ends.ts';
import { revertConfiguration } from './revert_configuration.ts';
import type { RevertedConfiguration } from './revert_configuration.ts';

export interface RevertedByOperator extends RevertedConfiguration {
  /** In force now. */
  configuration: LoadedConfiguration;
  /** What the sweepers end within seconds. */
  wouldEnd: EndsEstimate;
}

/**
 * Revert for somebody who is not at the machine: not to a version in which nobody could change anything any
 * more. What that ends is estimated, unless all is to be counted. Throws Problem `last_administrator`, and what `revertConfiguration` does.
 */
export async function revertAsOperator(
  tx: Queryable,
  version: number,
  { countsAll = false, ...how }: { origin: Origin; message?: string | undefined; countsAll?: boolean },
): Promise<RevertedByOperator> {
  await lockConfiguration(tx);
  const before = { current: await loadConfiguration(tx), isWalked: await isWalked(tx) };
  const reverted = await revertConfiguration(tx, version, how);
  const configuration = await loadConfiguration(tx);
  if ((await countEnabledWith(tx, listRolesOf(configuration, 'curfew:write'), 1)) === 0)
    throw new Problem(
      'last_administrator',
      `No administrator would be left: in version ${version} no enabled account has a role of curfew:write.`,
    );
  const wouldEnd = countsAll
    ? exactly(await previewEnds(tx, configuration))
    : await estimateEnds(tx, { ...before, next: configuration });
  return { ...reverted, configuration, wouldEnd };
}
