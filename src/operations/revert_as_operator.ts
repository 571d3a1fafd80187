import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { hasAdministrator } from './has_administrator.ts';
import { previewEnds } from './preview_ends.ts';
import type { EndCount } from './preview_ends.ts';
import { revertConfiguration } from './revert_configuration.ts';
import type { RevertedConfiguration } from './revert_configuration.ts';

export interface RevertedByOperator extends RevertedConfiguration {
  /** In force now. */
  configuration: LoadedConfiguration;
  /** What the sweepers end within seconds. */
  wouldEnd: EndCount[];
}

/**
 * Revert for somebody who is not at the machine: not to a version in which nobody could change anything any
 * more. Throws Problem `last_administrator`, and what `revertConfiguration` does.
 */
export async function revertAsOperator(
  tx: Queryable,
  version: number,
  how: { origin: Origin; message?: string | undefined },
): Promise<RevertedByOperator> {
  const reverted = await revertConfiguration(tx, version, how);
  const configuration = await loadConfiguration(tx);
  if (!(await hasAdministrator(tx, configuration)))
    throw new Problem(
      'last_administrator',
      `No administrator would be left: in version ${version} no enabled account has a role of curfew:write.`,
    );
  return { ...reverted, configuration, wouldEnd: await previewEnds(tx, configuration) };
}
