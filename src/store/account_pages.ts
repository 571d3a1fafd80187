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

/** A role of fewer people is looked up first, one of more is met often enough on the way through the names. */
const fewPeople = 5000;

async function isRare(db: Queryable, role: string): Promise<boolean> {
  const rows = await db.query(
    { name: 'role_people', text: 'select from account_roles where role = $1 limit $2' },
    [role, fewPeople],
  );
  return rows.length < fewPeople;
}

/** Accounts in the order of their usernames. What a page costs does not grow with their number. */
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
  const isOfFew = role !== undefined && (await isRare(db, role));
  let source = 'accounts a';
  if (role !== undefined && isOfFew)
    // `offset 0` keeps it from being flattened: these few first, whatever the planner knows of them.
    source = `(select account_id from account_roles where role = ${given(role)} offset 0) held
      cross join lateral (select * from accounts own where own.account_id = held.account_id offset 0) a`;
  else if (role !== undefined)
    conditions += ` and exists (select from account_roles r where r.account_id = a.account_id and r.role = ${given(role)})`;
  const name = `accounts_page${prefix === undefined ? '' : '_prefix'}${
    role === undefined ? '' : isOfFew ? '_role_of_few' : '_role'
  }`;
  const text = `select ${accountColumns}, lower(a.username) as key from ${source}
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
