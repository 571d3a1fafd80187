import type { DesiredConfiguration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { applyConfiguration } from './apply_configuration.ts';
import type { AppliedConfiguration } from './apply_configuration.ts';
import { hasAdministrator } from './has_administrator.ts';
import { previewEnds } from './preview_ends.ts';
import type { EndCount } from './preview_ends.ts';

export interface AppliedByOperator extends AppliedConfiguration {
  /** In force now. */
  configuration: LoadedConfiguration;
  /** What the sweepers end within seconds. */
  wouldEnd: EndCount[];
}

/**
 * Apply a configuration for somebody who is not at the machine: none in which nobody could change anything any
 * more. Throws Problem `last_administrator`, and what `applyConfiguration` does.
 */
export async function applyAsOperator(
  tx: Queryable,
  wanted: DesiredConfiguration,
  how: { origin: Origin; message?: string | undefined },
): Promise<AppliedByOperator> {
  const applied = await applyConfiguration(tx, wanted, how);
  const configuration = await loadConfiguration(tx);
  if (!(await hasAdministrator(tx, configuration)))
    throw new Problem(
      'last_administrator',
      'No administrator would be left: no enabled account would have a role of curfew:write.',
    );
  return { ...applied, configuration, wouldEnd: await previewEnds(tx, configuration) };
}
