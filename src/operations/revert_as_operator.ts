import { Problem } from '../domain/problems.ts';
import { isWalked } from '../store/check_walks.ts';
import { loadConfiguration, readConfigurationVersion } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { countOrEstimateEnds } from './count_or_estimate_ends.ts';
import type { EndsEstimate } from './estimate_ends.ts';
import { hasAdministrator } from './has_administrator.ts';
import { revertConfiguration } from './revert_configuration.ts';
import type { RevertOptions, RevertedConfiguration } from './revert_configuration.ts';

export interface RevertedByOperator extends RevertedConfiguration {
  /** In force now. */
  version: number;
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
  { countsAll = false, current: read, ...how }: RevertOptions & { countsAll?: boolean },
): Promise<RevertedByOperator> {
  await lockConfiguration(tx);
  const current = read ?? (await loadConfiguration(tx));
  const before = { current, isWalked: await isWalked(tx) };
  const reverted = await revertConfiguration(tx, version, { ...how, current });
  const { next } = reverted;
  if (!(await hasAdministrator(tx, next)))
    throw new Problem(
      'last_administrator',
      `No administrator would be left: in version ${version} no enabled account has a role of curfew:write.`,
    );
  const wouldEnd = await countOrEstimateEnds(tx, { ...before, next }, countsAll);
  return { ...reverted, version: await readConfigurationVersion(tx), wouldEnd };
}
