import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import type { Queryable } from './database.ts';

export interface NewPasswordLink {
  accountId: string;
  purpose: PasswordLinkPurpose;
  tokenHash: Buffer;
  /** An operator gave it out; nobody else could have asked for it. */
  byOperator: boolean;
  /** How long it is good for. */
  seconds: number;
}

/** Store a link in the place of the account's last one. */
export async function replacePasswordLink(tx: Queryable, link: NewPasswordLink): Promise<void> {
  await tx.query(
    {
      name: 'password_link_replace',
      text: `insert into password_links (account_id, purpose, token_hash, expires_at, operator_token_hash)
             values ($1, $2, $3::bytea, curfew_now() + make_interval(secs => $4), case when $5 then $3::bytea end)
             on conflict (account_id) do update set purpose = excluded.purpose, token_hash = excluded.token_hash,
               created_at = excluded.created_at, expires_at = excluded.expires_at,
               operator_token_hash = excluded.operator_token_hash`,
    },
    [link.accountId, link.purpose, link.tokenHash, link.seconds, link.byOperator],
  );
}

export interface StoredPasswordLink {
  accountId: string;
  purpose: PasswordLinkPurpose;
  byOperator: boolean;
}

/** Not of an account that is disabled or deleted. */
const good = `l.token_hash = $1 and l.expires_at > curfew_now() and exists (
  select from accounts a where a.account_id = l.account_id and a.disabled_at is null and a.deleted_at is null)`;
const columns = `l.account_id as "accountId", l.purpose,
  l.operator_token_hash is not distinct from l.token_hash as "byOperator"`;

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
