import type { Queryable } from './database.ts';
import { accountColumns, readAccount } from './facts_sql.ts';
import type { AccountRow, StoredAccount } from './facts_sql.ts';

export async function findAccountById(db: Queryable, accountId: string): Promise<StoredAccount | undefined> {
  const [row] = await db.query<AccountRow>(
    {
      name: 'account_by_id',
      text: `select ${accountColumns} from accounts a where a.account_id = $1 and a.deleted_at is null`,
    },
    [accountId],
  );
  return row && readAccount(row);
}

/** The usernames of those among the accounts that are not deleted. */
export async function listUsernames(
  db: Queryable,
  accountIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ account_id: string; username: string }>(
    {
      name: 'usernames_by_id',
      text: 'select account_id, username from accounts where account_id = any($1) and deleted_at is null',
    },
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, row.username]));
}

/** Usernames differ without regard to case. */
export async function findAccountByUsername(
  db: Queryable,
  username: string,
): Promise<{ account: StoredAccount; accessVersion: number; passwordHash?: string } | undefined> {
  const [row] = await db.query<AccountRow & { password_hash: string | null; access_version: number }>(
    {
      name: 'account_by_username',
      text: `select ${accountColumns}, a.password_hash, a.access_version::float8 as access_version from accounts a
             where lower(a.username) = lower($1) and a.deleted_at is null`,
    },
    [username],
  );
  if (!row) return undefined;
  return {
    account: readAccount(row),
    accessVersion: row.access_version,
    ...(row.password_hash === null ? {} : { passwordHash: row.password_hash }),
  };
}

/** The account of that e-mail address, if it is exactly one. */
export async function findAccountIdByEmail(db: Queryable, email: string): Promise<string | undefined> {
  const rows = await db.query<{ account_id: string }>(
    {
      name: 'account_by_email',
      text: 'select account_id from accounts where lower(email) = lower($1) and deleted_at is null limit 2',
    },
    [email],
  );
  return rows.length === 1 ? rows[0]?.account_id : undefined;
}

/** The accounts of that e-mail address: people may share one. */
export async function listAccountIdsByEmail(db: Queryable, email: string, most: number): Promise<string[]> {
  const rows = await db.query<{ account_id: string }>(
    {
      name: 'accounts_by_email',
      text: `select account_id from accounts where lower(email) = lower($1) and deleted_at is null
             order by account_id limit $2`,
    },
    [email, most],
  );
  return rows.map(({ account_id: accountId }) => accountId);
}

/** undefined: no such account, or one without a password. */
export async function findPasswordHash(db: Queryable, accountId: string): Promise<string | undefined> {
  const [row] = await db.query<{ password_hash: string | null }>(
    {
      name: 'account_password',
      text: 'select password_hash from accounts where account_id = $1 and deleted_at is null',
    },
    [accountId],
  );
  return row?.password_hash ?? undefined;
}

/** The same password under a stronger hash: no change of the account. Not if it was changed meanwhile. */
export async function replacePasswordHash(
  tx: Queryable,
  accountId: string,
  { old, next }: { old: string; next: string },
): Promise<void> {
  await tx.query(
    {
      name: 'account_rehash',
      text: 'update accounts set password_hash = $3 where account_id = $1 and password_hash = $2',
    },
    [accountId, old, next],
  );
}

export interface NewAccount {
  username: string;
  email?: string | undefined;
  name?: string | undefined;
  passwordHash?: string | undefined;
}

/** undefined when there is already an account of that username. */
export async function insertAccount(tx: Queryable, account: NewAccount): Promise<string | undefined> {
  const [row] = await tx.query<{ account_id: string }>(
    {
      name: 'account_insert',
      text: `insert into accounts (username, email, name, password_hash) values ($1, $2, $3, $4)
             on conflict (lower(username)) do nothing returning account_id`,
    },
    [account.username, account.email ?? null, account.name ?? null, account.passwordHash ?? null],
  );
  return row?.account_id;
}

/** Fields left undefined stay as they are. A new password makes a new version of the account. */
export async function updateAccount(
  tx: Queryable,
  accountId: string,
  change: { email?: string | undefined; name?: string | undefined; passwordHash?: string | undefined },
): Promise<void> {
  await tx.query(
    {
      name: 'account_update',
      text: `update accounts set email = coalesce($2, email), name = coalesce($3, name),
               password_hash = coalesce($4, password_hash),
               version = version + case when $4::text is null then 0 else 1 end
             where account_id = $1`,
    },
    [accountId, change.email ?? null, change.name ?? null, change.passwordHash ?? null],
  );
}

/** Nobody signs in with a password until the account has one again. */
export async function clearPassword(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    {
      name: 'account_clear_password',
      text: 'update accounts set password_hash = null, version = version + 1 where account_id = $1',
    },
    [accountId],
  );
}

/** Replace the account's roles, which makes a new version of the account. */
export async function replaceRoles(
  tx: Queryable,
  accountId: string,
  roles: readonly string[],
): Promise<void> {
  await tx.query({ name: 'account_roles_clear', text: 'delete from account_roles where account_id = $1' }, [
    accountId,
  ]);
  await tx.query(
    {
      name: 'account_roles_set',
      text: 'insert into account_roles (account_id, role) select $1, unnest($2::text[])',
    },
    [accountId, [...new Set(roles)]],
  );
  await bumpAccountVersion(tx, accountId);
}

/** false when the account was in that state already. */
export async function setAccountDisabled(
  tx: Queryable,
  accountId: string,
  disabled: boolean,
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'account_disable',
      text: `update accounts set disabled_at = case when $2 then curfew_now() end, version = version + 1
             where account_id = $1 and (disabled_at is not null) <> $2 returning account_id`,
    },
    [accountId, disabled],
  );
  return rows.length > 0;
}

/** Keep the row, and nothing in it of the person. The username is free again. */
export async function forgetAccount(tx: Queryable, accountId: string): Promise<void> {
  await tx.query({ name: 'account_roles_clear', text: 'delete from account_roles where account_id = $1' }, [
    accountId,
  ]);
  await tx.query(
    {
      name: 'account_forget',
      text: `update accounts set username = 'deleted:' || account_id, email = null, name = null, password_hash = null,
               deleted_at = curfew_now(), version = version + 1
             where account_id = $1`,
    },
    [accountId],
  );
}

/** All access of the account has ended: what was proved before begins no session any more. */
export async function bumpAccessVersion(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    {
      name: 'account_access_version',
      text: 'update accounts set access_version = access_version + 1 where account_id = $1',
    },
    [accountId],
  );
}

/** What a proof must have been of, for a session to begin with it; undefined: no such account. */
export async function findAccessVersion(db: Queryable, accountId: string): Promise<number | undefined> {
  const [row] = await db.query<{ version: number }>(
    {
      name: 'account_access_version_read',
      text: 'select access_version::float8 as version from accounts where account_id = $1 and deleted_at is null',
    },
    [accountId],
  );
  return row?.version;
}

export async function bumpAccountVersion(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    { name: 'account_version', text: 'update accounts set version = version + 1 where account_id = $1' },
    [accountId],
  );
}
