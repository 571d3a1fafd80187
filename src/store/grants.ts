import type { Queryable } from './database.ts';

export interface StoredGrant {
  grantId: string;
  accountId: string;
  clientId: string;
  payload: Record<string, unknown>;
}

export async function findGrant(db: Queryable, grantId: string): Promise<StoredGrant | undefined> {
  const [row] = await db.query<{ account_id: string; client_id: string; payload: Record<string, unknown> }>(
    { name: 'grant_by_id', text: 'select account_id, client_id, payload from grants where grant_id = $1' },
    [grantId],
  );
  return row && { grantId, accountId: row.account_id, clientId: row.client_id, payload: row.payload };
}

export async function writeGrant(tx: Queryable, grant: StoredGrant): Promise<void> {
  await tx.query(
    {
      name: 'grant_write',
      text: `insert into grants (grant_id, account_id, client_id, payload) values ($1, $2, $3, $4)
             on conflict (grant_id) do update set payload = excluded.payload`,
    },
    [grant.grantId, grant.accountId, grant.clientId, JSON.stringify(grant.payload)],
  );
}

/** The newest grant of this account to this client. */
export async function findLatestGrantId(
  db: Queryable,
  accountId: string,
  clientId: string,
): Promise<string | undefined> {
  const [row] = await db.query<{ grant_id: string }>(
    {
      name: 'grant_latest',
      text: `select grant_id from grants where account_id = $1 and client_id = $2
             order by created_at desc limit 1`,
    },
    [accountId, clientId],
  );
  return row?.grant_id;
}

/** Forget what an account allowed a client; returns how many grants went. */
export async function deleteGrants(tx: Queryable, accountId: string, clientId: string): Promise<number> {
  const rows = await tx.query(
    {
      name: 'grants_delete',
      text: 'delete from grants where account_id = $1 and client_id = $2 returning grant_id',
    },
    [accountId, clientId],
  );
  return rows.length;
}

/** Forget what anybody allowed a client. */
export async function deleteGrantsOfClient(tx: Queryable, clientId: string): Promise<void> {
  await tx.query({ name: 'grants_delete_of_client', text: 'delete from grants where client_id = $1' }, [
    clientId,
  ]);
}
