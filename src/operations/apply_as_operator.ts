import type { DesiredConfiguration } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import { isWalked } from '../store/check_walks.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { applyConfiguration } from './apply_configuration.ts';
import type { AppliedConfiguration, ApplyOptions } from './apply_configuration.ts';
import { countOrEstimateEnds } from './count_or_estimate_ends.ts';
import type { EndsEstimate } from './estimate_ends.ts';
import { hasAdministrator } from './has_administrator.ts';

export interface AppliedByOperator extends AppliedConfiguration {
  /** In force now. */
  configuration: LoadedConfiguration;
  /** What the sweepers end within seconds. */
  wouldEnd: EndsEstimate;
}

/**
 * Apply a configuration for somebody who is not at the machine: none in which nobody could change anything any
 * more. What that ends is estimated, unless all is to be counted. Throws Problem `last_administrator`, and what
 * `applyConfiguration` does.
 */
export async function applyAsOperator(
  tx: Queryable,
  wanted: DesiredConfiguration,
  { countsAll = false, current: read, ...how }: ApplyOptions & { countsAll?: boolean },
): Promise<AppliedByOperator> {
  await lockConfiguration(tx);
  const current = read ?? (await loadConfiguration(tx));
  const change = { current, isWalked: await isWalked(tx) };
  const applied = await applyConfiguration(tx, wanted, { ...how, current });
  const configuration = await loadConfiguration(tx);
  if (!(await hasAdministrator(tx, configuration)))
    throw new Problem(
      'last_administrator',
      'No administrator would be left: no enabled account would have a role of curfew:write.',
    );
  const wouldEnd = await countOrEstimateEnds(tx, { ...change, next: configuration }, countsAll);
  return { ...applied, configuration, wouldEnd };
}
