import type { Queryable } from './database.ts';
import { accountColumns, readAccount } from './facts_sql.ts';
import type { AccountRow, StoredAccount } from './facts_sql.ts';

/** Which accounts: whose username begins so, without regard to case, and who have the role. */
export interface AccountPage {
  prefix?: string | undefined;
  role?: string | undefined;
  /** The lower-case username that the page comes after. */
  after?: string | undefined;
  most: number;
}

/** Accounts in the order of their usernames. */
export async function pageAccounts(
  db: Queryable,
  { prefix, role, after, most }: AccountPage,
): Promise<StoredAccount[]> {
  const rows = await db.query<AccountRow>(
    {
      name: `accounts_page${prefix === undefined ? '' : '_prefix'}${role === undefined ? '' : '_role'}`,
      text: `select ${accountColumns} from accounts a
             where a.deleted_at is null and lower(a.username) > $1 and ($3::text is null or starts_with(lower(a.username), lower($3)))
               ${prefix === undefined ? '' : 'and lower(a.username) >= lower($3)'}
               and ($4::text is null or exists (select from account_roles r where r.account_id = a.account_id and r.role = $4))
             order by lower(a.username) limit $2`,
    },
    [after ?? '', most, prefix ?? null, role ?? null],
  );
  return rows.map(readAccount);
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
