import type { Configuration } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import { listRolesOf } from '../policy/operator_rights.ts';
import { countEnabledWith } from '../store/account_pages.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';

/**
 * Make a change to an account, and undo it where nobody could change anything through the API afterwards:
 * no enabled account has a role of `curfew:write`. One such change at a time. Throws Problem
 * `last_administrator`.
 */
export async function keepAdministrator<Result>(
  tx: Queryable,
  configuration: Pick<Configuration, 'scopes'>,
  change: () => Promise<Result>,
): Promise<Result> {
  const roles = listRolesOf(configuration, 'curfew:write');
  await lockConfiguration(tx);
  const result = await change();
  if ((await countEnabledWith(tx, roles, 1)) === 0)
    throw new Problem(
      'last_administrator',
      'No administrator would be left. Give somebody else the role first.',
    );
  return result;
}
