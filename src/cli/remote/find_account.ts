import { Problem } from '../../domain/problems.ts';
import type { AdminApi } from './admin_api.ts';
import { segment } from './remote_command.ts';

/** The path of the account of that name. Throws Problem `account_unknown`. */
export async function findAccount(api: AdminApi, username: unknown): Promise<string> {
  return `/accounts/${segment(await findAccountId(api, username))}`;
}

/** The list knows beginnings of usernames; the whole name comes first among those that begin with it. */
export async function findAccountId(api: AdminApi, username: unknown): Promise<string> {
  const name = String(username);
  const found = await api.list('/accounts', { username: name }, 1);
  const same = found.find((account) => String(account.username).toLowerCase() === name.toLowerCase());
  if (!same) throw new Problem('account_unknown', `There is no account named ${name}.`);
  return String(same.account_id);
}
