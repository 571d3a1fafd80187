import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import type { Queryable } from './database.ts';

/** An account as an operator sees it; instants as ISO 8601. */
export interface ListedAccount {
  accountId: string;
  username: string;
  email: string | null;
  name: string | null;
  roles: string[];
  hasPassword: boolean;
  /** How many authenticator apps and passkeys are set up, and recovery codes are left. */
  apps: number;
  passkeys: number;
  recoveryCodes: number;
  createdAt: string;
  disabledAt: string | null;
  /** A one-time link to set the password that is still good. */
  passwordLink: { purpose: PasswordLinkPurpose; expiresAt: string } | null;
}

const isoInstant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const listed = `
  select a.account_id as "accountId", a.username, a.email, a.name,
    array(select r.role from account_roles r where r.account_id = a.account_id order by r.role) as roles,
    a.password_hash is not null as "hasPassword",
    (select count(*)::int from totp_factors f
     where f.account_id = a.account_id and f.confirmed_at is not null) as apps,
    (select count(*)::int from passkeys p where p.account_id = a.account_id) as passkeys,
    (select count(*)::int from recovery_codes c
     where c.account_id = a.account_id and c.used_at is null) as "recoveryCodes",
    ${isoInstant('a.created_at')} as "createdAt", ${isoInstant('a.disabled_at')} as "disabledAt",
    (select jsonb_build_object('purpose', l.purpose, 'expiresAt', ${isoInstant('l.expires_at')})
     from password_links l where l.account_id = a.account_id and l.expires_at > curfew_now()) as "passwordLink"
  from accounts a where a.deleted_at is null`;

/** Accounts by username, those after `after`. */
export async function listAccounts(
  db: Queryable,
  { most, after = '' }: { most: number; after?: string | undefined },
): Promise<ListedAccount[]> {
  return await db.query<ListedAccount>(
    {
      name: 'accounts_list',
      text: `${listed} and lower(a.username) > lower($2) order by lower(a.username) limit $1`,
    },
    [most, after],
  );
}

export async function findListedAccount(db: Queryable, username: string): Promise<ListedAccount | undefined> {
  const [row] = await db.query<ListedAccount>(
    { name: 'account_listed', text: `${listed} and lower(a.username) = lower($1)` },
    [username],
  );
  return row;
}
