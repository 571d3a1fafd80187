import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

export interface Passkey {
  passkeyId: string;
  accountId: string;
  credentialId: Buffer;
  /** COSE_Key. */
  publicKey: Buffer;
  transports: readonly string[];
  /** May be copied to other devices of its owner: no proof of one piece of hardware. */
  backupEligible: boolean;
  backedUp: boolean;
  name: string;
  createdAt: Instant;
  lastUsedAt: Instant | null;
}

const columns = `passkey_id as "passkeyId", account_id as "accountId", credential_id as "credentialId",
  public_key as "publicKey", transports, backup_eligible as "backupEligible", backed_up as "backedUp", name,
  to_micros(created_at) as "createdAt", to_micros(last_used_at) as "lastUsedAt"`;

/** The passkeys of an account, the oldest first. */
export async function listPasskeys(db: Queryable, accountId: string): Promise<Passkey[]> {
  return await db.query<Passkey>(
    {
      name: 'passkeys_of_account',
      text: `select ${columns} from passkeys where account_id = $1 order by created_at, passkey_id`,
    },
    [accountId],
  );
}

/** Whoever's it is. */
export async function findPasskey(db: Queryable, credentialId: Buffer): Promise<Passkey | undefined> {
  const [row] = await db.query<Passkey>(
    { name: 'passkey_by_credential', text: `select ${columns} from passkeys where credential_id = $1` },
    [credentialId],
  );
  return row;
}

export type NewPasskey = Omit<Passkey, 'createdAt' | 'lastUsedAt'> & { counter: number };

/** false when that credential is known already, of whatever account. */
export async function insertPasskey(tx: Queryable, passkey: NewPasskey): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'passkey_insert',
      text: `insert into passkeys (passkey_id, account_id, credential_id, public_key, counter, transports,
                                   backup_eligible, backed_up, name)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (credential_id) do nothing returning passkey_id`,
    },
    [
      passkey.passkeyId,
      passkey.accountId,
      passkey.credentialId,
      passkey.publicKey,
      passkey.counter,
      passkey.transports,
      passkey.backupEligible,
      passkey.backedUp,
      passkey.name,
    ],
  );
  return rows.length > 0;
}

/**
 * Take a signature's count; its moment. undefined when the passkey is gone, or the count has not risen, which a copy of its
 * key explains. One that stays 0 is of an authenticator that keeps none (WebAuthn §6.1.1).
 */
export async function takeSignature(
  tx: Queryable,
  { passkeyId, counter, backedUp }: { passkeyId: string; counter: number; backedUp: boolean },
): Promise<Instant | undefined> {
  const [row] = await tx.query<{ now: number }>(
    {
      name: 'passkey_take_signature',
      text: `update passkeys set counter = $2, backed_up = $3, last_used_at = curfew_now()
             where passkey_id = $1 and (counter < $2 or (counter = 0 and $2 = 0))
             returning to_micros(last_used_at) as now`,
    },
    [passkeyId, counter, backedUp],
  );
  return row?.now;
}

/** false when the account has no such passkey. */
export async function renamePasskey(
  tx: Queryable,
  { accountId, passkeyId, name }: { accountId: string; passkeyId: string; name: string },
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'passkey_rename',
      text: 'update passkeys set name = $3 where account_id = $1 and passkey_id = $2 returning passkey_id',
    },
    [accountId, passkeyId, name],
  );
  return rows.length > 0;
}

/** What it was; undefined when the account has no such passkey. */
export async function deletePasskey(
  tx: Queryable,
  { accountId, passkeyId }: { accountId: string; passkeyId: string },
): Promise<Passkey | undefined> {
  const [row] = await tx.query<Passkey>(
    {
      name: 'passkey_delete',
      text: `delete from passkeys where account_id = $1 and passkey_id = $2 returning ${columns}`,
    },
    [accountId, passkeyId],
  );
  return row;
}
