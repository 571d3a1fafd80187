import type { Queryable } from './database.ts';
import { accountColumns, readAccount } from './facts_sql.ts';
import type { AccountRow, StoredAccount } from './facts_sql.ts';

/** Which accounts: whose username begins so, without regard to case, and who have the role. */
export interface AccountPage {
  prefix?: string | undefined;
  role?: string | undefined;
  /** The `key` that the page comes after. */
  after?: string | undefined;
  most: number;
}

export interface PagedAccount extends StoredAccount {
  /** The place in the order. */
  key: string;
}

const key = 'lower(a.username) collate "C"';
/** No text sorts behind it. */
const last = 'chr(1114111)';

/** Accounts in the order of their usernames. */
export async function pageAccounts(
  db: Queryable,
  { prefix, role, after, most }: AccountPage,
): Promise<PagedAccount[]> {
  const values: unknown[] = [after ?? '', most];
  const given = (value: string): string => `$${values.push(value)}`;
  let conditions = `a.deleted_at is null and ${key} > $1`;
  if (prefix !== undefined) {
    const at = given(prefix);
    conditions += ` and ${key} >= lower(${at}) and ${key} < lower(${at}) || ${last}`;
  }
  if (role !== undefined)
    conditions += ` and a.account_id in (select r.account_id from account_roles r where r.role = ${given(role)})`;
  const name = `accounts_page${prefix === undefined ? '' : '_prefix'}${role === undefined ? '' : '_role'}`;
  const text = `select ${accountColumns}, lower(a.username) as key from accounts a
                where ${conditions} order by ${key} limit $2`;
  const rows = await db.query<AccountRow & { key: string }>({ name, text }, values);
  return rows.map((row) => ({ ...readAccount(row), key: row.key }));
}

/** How many enabled accounts have one of these roles, at most `most`. */
export async function countEnabledWith(
  db: Queryable,
  roles: readonly string[],
  most: number,
): Promise<number> {
  const rows = await db.query(
    {
      name: 'accounts_enabled_with_role',
      text: `select from accounts a where a.disabled_at is null and a.deleted_at is null
             and exists (select from account_roles r where r.account_id = a.account_id and r.role = any($1)) limit $2`,
    },
    [roles, most],
  );
  return rows.length;
}
