import type { Queryable } from './database.ts';
import { accountColumns, readAccount } from './facts_sql.ts';
import type { AccountRow, StoredAccount } from './facts_sql.ts';

/** Which accounts: whose username begins so, without regard to case, and who have the role. */
export interface AccountPage {
  prefix?: string | undefined;
  role?: string | undefined;
  /** Where the page begins: behind this name, as `next` gives it. */
  after?: string | undefined;
  most: number;
}

export interface FoundAccounts {
  accounts: StoredAccount[];
  /** Where to look further; undefined: there is no more. */
  next?: string;
  /** Not all names were looked at that may come next, although the page is not full. */
  isCut: boolean;
}

const key = 'lower(a.username) collate "C"';
/** No text sorts behind it. */
const last = 'chr(1114111)';

/** A role of fewer people is looked up first, one of more is met on the way through the names. */
const fewPeople = 5000;
/** So many names are looked through for one page: all who have a role may come behind all who have not. */
const windowSize = 5000;

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
  { prefix, role, after = '', most }: AccountPage,
): Promise<FoundAccounts> {
  const begun = prefix === undefined ? [] : [prefix];
  const suffix = prefix === undefined ? '' : '_prefix';
  const isNext = `a.deleted_at is null and ${key} > $1${
    prefix === undefined ? '' : ` and ${key} >= lower($3) and ${key} < lower($3) || ${last}`
  }`;
  const isOfMany = role !== undefined && !(await isRare(db, role));
  const values = [after, most + 1, ...begun, ...(role === undefined ? [] : [role])];
  const name = `accounts_page${suffix}${role === undefined ? '' : isOfMany ? '_role' : '_role_of_few'}`;
  const source = isOfMany
    ? withRole(isNext, `$${values.length}`)
    : `${role === undefined ? 'accounts a' : peopleOf(`$${values.length}`)} where ${isNext}`;
  const rows = await db.query<AccountRow & { key: string }>(
    {
      name,
      text: `select ${accountColumns}, lower(a.username) as key from ${source} order by ${key} limit $2`,
    },
    values,
  );
  const accounts = rows.slice(0, most).map(readAccount);
  const end = rows[most - 1]?.key;
  if (rows.length > most && end !== undefined) return { accounts, next: end, isCut: false };
  const [window] = isOfMany
    ? await db.query<{ key: string }>(
        {
          name: `accounts_page_window_end${suffix}`,
          text: `select lower(a.username) as key from accounts a where ${isNext} order by ${key} offset $2 limit 1`,
        },
        [after, windowSize - 1, ...begun],
      )
    : [];
  return window ? { accounts, next: window.key, isCut: true } : { accounts, isCut: false };
}

/** `offset 0` keeps it from being flattened: these few first, whatever the planner knows of them. */
const peopleOf = (role: string): string => `
  (select account_id from account_roles where role = ${role} offset 0) held
  cross join lateral (select * from accounts own where own.account_id = held.account_id offset 0) a`;

/** Asked of one name after another: all roles at once are too many. */
const withRole = (isNext: string, role: string): string => `
  (select * from accounts a where ${isNext} order by ${key} limit ${windowSize}) a
  where (select true from account_roles r where r.account_id = a.account_id and r.role = ${role})`;

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
