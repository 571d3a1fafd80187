import { z } from 'zod';
import { findAccountById } from '../../../store/accounts.ts';
import type { Queryable } from '../../../store/database.ts';
import type { StoredAccount } from '../../../store/facts_sql.ts';
import { lockAccount } from '../../../store/sessions.ts';
import { ApiProblem } from '../problem.ts';

export const accountPath = z.object({ account_id: z.string().min(1).max(100) });

export const accountSchema = z.object({
  account_id: z.string().meta({ description: 'The `sub` of its tokens.' }),
  username: z.string(),
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
  roles: z.array(z.string()),
  disabled: z.boolean(),
});

export function describeAccount(account: StoredAccount): z.input<typeof accountSchema> {
  const { accountId, username, name, email, roles, disabled } = account;
  return {
    account_id: accountId,
    username,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    roles: [...roles],
    disabled,
  };
}

export async function getAccount(tx: Queryable, accountId: string): Promise<StoredAccount> {
  const account = await findAccountById(tx, accountId);
  if (!account) throw new ApiProblem('not_found', 'There is no such account.');
  return account;
}

/** The account that a change is for, locked. Throws `precondition_failed` for another version than was read. */
export async function lockAccountFor(
  tx: Queryable,
  accountId: string,
  ifMatch: string | undefined,
): Promise<StoredAccount> {
  await lockAccount(tx, accountId);
  const account = await getAccount(tx, accountId);
  if (ifMatch !== undefined && ifMatch !== String(account.version))
    throw new ApiProblem('precondition_failed', 'The account was changed since it was read. Read it again.');
  return account;
}

export const endedSchema = z.object({ sessions: z.number().int(), families: z.number().int() });
