import type { Configuration } from '../domain/configuration.ts';
import { listRolesOf } from '../policy/operator_rights.ts';
import { countEnabledWith } from '../store/account_pages.ts';
import type { Queryable } from '../store/database.ts';

/** Whether anybody could change anything through the API: an enabled account has a role of `curfew:write`. */
export async function hasAdministrator(
  db: Queryable,
  configuration: Pick<Configuration, 'scopes'>,
): Promise<boolean> {
  return (await countEnabledWith(db, listRolesOf(configuration, 'curfew:write'), 1)) > 0;
}
