import { hashPassword } from '../credentials/passwords.ts';
import type { Configuration, DesiredUser } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { insertAccount, replaceRoles } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';

/** Create an account. Throws Problem `account_exists` or `role_unknown`. Returns its id, the `sub`. */
export async function addAccount(
  tx: Queryable,
  configuration: Pick<Configuration, 'roles'>,
  user: DesiredUser,
  origin: Origin,
): Promise<string> {
  assertRolesExist(configuration, user.roles ?? []);
  const passwordHash = user.password === undefined ? undefined : await hashPassword(user.password);
  const accountId = await insertAccount(tx, { ...user, passwordHash });
  if (!accountId) throw new Problem('account_exists', `There is already an account named ${user.username}.`);
  if (user.roles?.length) await replaceRoles(tx, accountId, user.roles);
  await recordEvent(tx, 'account.created', { accountId }, origin, { roles: user.roles ?? [] });
  return accountId;
}

/** Throws Problem `role_unknown` that names the first role which is not configured. */
export function assertRolesExist(
  configuration: Pick<Configuration, 'roles'>,
  roles: readonly string[],
): void {
  const unknown = roles.find((role) => !configuration.roles.has(role));
  if (unknown === undefined) return;
  const known = [...configuration.roles.keys()].join(', ') || 'none';
  throw new Problem('role_unknown', `There is no role ${unknown}; configured are: ${known}.`);
}
