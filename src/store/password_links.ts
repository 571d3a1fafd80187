import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import type { Queryable } from './database.ts';

export interface NewPasswordLink {
  accountId: string;
  purpose: PasswordLinkPurpose;
  tokenHash: Buffer;
  /** How long it is good for. */
  seconds: number;
}

/** Store a link in the place of the account's last one. */
export async function replacePasswordLink(tx: Queryable, link: NewPasswordLink): Promise<void> {
  await tx.query(
    {
      name: 'password_link_replace',
      text: `insert into password_links (account_id, purpose, token_hash, expires_at)
             values ($1, $2, $3, curfew_now() + make_interval(secs => $4))
             on conflict (account_id) do update set purpose = excluded.purpose, token_hash = excluded.token_hash,
               created_at = excluded.created_at, expires_at = excluded.expires_at`,
    },
    [link.accountId, link.purpose, link.tokenHash, link.seconds],
  );
}

export interface StoredPasswordLink {
  accountId: string;
  purpose: PasswordLinkPurpose;
}

/** Not of an account that is disabled or deleted. */
const good = `l.token_hash = $1 and l.expires_at > curfew_now() and exists (
  select from accounts a where a.account_id = l.account_id and a.disabled_at is null and a.deleted_at is null)`;
const columns = `l.account_id as "accountId", l.purpose`;

/** Look at a link without using it; undefined: there is none, or it is good no more. */
export async function findPasswordLink(
  db: Queryable,
  tokenHash: Buffer,
): Promise<StoredPasswordLink | undefined> {
  const [row] = await db.query<StoredPasswordLink>(
    { name: 'password_link_find', text: `select ${columns} from password_links l where ${good}` },
    [tokenHash],
  );
  return row;
}

/** Use a link: of any number who try at once, one gets it. */
export async function consumePasswordLink(
  tx: Queryable,
  tokenHash: Buffer,
): Promise<StoredPasswordLink | undefined> {
  const [row] = await tx.query<StoredPasswordLink>(
    {
      name: 'password_link_consume',
      text: `delete from password_links l where ${good} returning ${columns}`,
    },
    [tokenHash],
  );
  return row;
}

export async function deletePasswordLink(tx: Queryable, accountId: string): Promise<void> {
  await tx.query({ name: 'password_link_delete', text: 'delete from password_links where account_id = $1' }, [
    accountId,
  ]);
}
