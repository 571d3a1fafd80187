import type { Configuration } from '../domain/configuration.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { replaceRoles } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { scheduleAccountChecks } from '../store/sweep.ts';
import { assertRolesExist } from './add_account.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/**
 * Replace an account's roles. Other roles may loosen limits: what is over under the old ones ends
 * first, in the same transaction. Throws Problem `role_unknown`.
 */
export async function setRoles(
  tx: Queryable,
  configuration: Configuration,
  account: { accountId: string; roles: readonly string[] },
  roles: readonly string[],
  origin: Origin,
): Promise<void> {
  assertRolesExist(configuration, roles);
  await changeRoles(tx, configuration, account, roles, origin);
}

/** Likewise, for roles that are known to exist; `configuration` is the one that ruled until now. */
export async function changeRoles(
  tx: Queryable,
  configuration: Configuration,
  account: { accountId: string; roles: readonly string[] },
  roles: readonly string[],
  origin: Origin,
): Promise<void> {
  await endAccountAccess(tx, configuration, account.accountId, undefined, origin);
  // Other roles may shorten limits: the sweeper looks at all that is open at once.
  await scheduleAccountChecks(tx, account.accountId);
  await replaceRoles(tx, account.accountId, roles);
  await recordEvent(tx, 'account.roles_changed', account, origin, { from: account.roles, to: roles });
  await queueSecurityEvents(tx, origin, [
    {
      type: 'token_claims_change',
      accountId: account.accountId,
      by: 'admin',
      reason: 'account.roles_changed: the roles were replaced.',
      members: { claims: { roles } },
    },
  ]);
}
