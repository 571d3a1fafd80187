import { hashPassword, verifyPassword } from '../credentials/passwords.ts';
import type { Configuration, DesiredUser } from '../domain/configuration.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { findAccountByUsername, updateAccount } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { addAccount, assertRolesExist } from './add_account.ts';
import { replacePassword } from './replace_password.ts';
import { changeRoles } from './set_roles.ts';

export interface UserDifference {
  username: string;
  kind: 'added' | 'changed';
  fields: string[];
}

/**
 * Create or update the users that a file names; never delete one. A changed password ends the
 * account's sessions and families. `old` judges what was over before roles changed.
 */
export async function applyUsers(
  tx: Queryable,
  configurations: { old: Configuration; next: Configuration },
  users: readonly DesiredUser[],
  origin: Origin,
): Promise<UserDifference[]> {
  const differences: UserDifference[] = [];
  for (const user of users) {
    const fields = await applyUser(tx, configurations, user, origin);
    if (fields === 'added') differences.push({ username: user.username, kind: 'added', fields: [] });
    else if (fields.length > 0) differences.push({ username: user.username, kind: 'changed', fields });
  }
  return differences;
}

async function applyUser(
  tx: Queryable,
  { old, next }: { old: Configuration; next: Configuration },
  user: DesiredUser,
  origin: Origin,
): Promise<'added' | string[]> {
  const found = await findAccountByUsername(tx, user.username);
  if (!found) {
    await addAccount(tx, next, user, origin);
    return 'added';
  }
  const { account, passwordHash: oldHash } = found;
  const { accountId } = account;
  const fields: string[] = [];
  if (user.roles && !sameMembers(user.roles, account.roles)) {
    assertRolesExist(next, user.roles);
    await changeRoles(tx, old, account, user.roles, origin);
    fields.push('roles');
  }
  const email = user.email === account.email ? undefined : user.email;
  const name = user.name === account.name ? undefined : user.name;
  const changesPassword = user.password !== undefined && !(await verifyPassword(oldHash, user.password));
  if (email !== undefined) fields.push('email');
  if (name !== undefined) fields.push('name');
  if (changesPassword && user.password !== undefined) {
    fields.push('password');
    const reason = 'account.updated: the password was replaced.';
    const passwordHash = await hashPassword(user.password);
    await replacePassword(tx, old, { accountId, passwordHash, by: 'admin', reason }, origin);
  }
  if (email === undefined && name === undefined && !changesPassword) return fields;
  await updateAccount(tx, accountId, { email, name });
  await recordEvent(tx, 'account.updated', { accountId }, origin, {
    fields: fields.filter((field) => field !== 'roles'),
  });
  return fields;
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((member) => right.has(member));
}
