import type { SessionFacts, FamilyFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import {
  accountColumns,
  familyColumns,
  readAccount,
  readFamily,
  readSession,
  sessionColumns,
} from './facts_sql.ts';
import type { NewAccessToken } from './families.ts';
import type { AccountRow, FamilyRow, SessionRow, StoredAccount } from './facts_sql.ts';

/** An access token with the state it depends on. */
export interface LoadedAccessToken {
  now: Instant;
  configurationVersion: number;
  /** Absent for a JWT. */
  payload?: Record<string, unknown> | undefined;
  expiresAt: Instant;
  clientId: string;
  /** Absent for a client's own token. */
  account?: StoredAccount | undefined;
  /** Absent when it came without a refresh token. */
  family?: FamilyFacts | undefined;
  session?: SessionFacts | undefined;
}

interface AccessTokenRow extends Partial<AccountRow>, Partial<FamilyRow>, Partial<SessionRow> {
  now: number;
  configuration_version: number;
  payload: Record<string, unknown> | null;
  expires_at: number;
  token_client_id: string;
}

export async function findAccessToken(
  db: Queryable,
  tokenHash: Buffer,
): Promise<LoadedAccessToken | undefined> {
  const [row] = await db.query<AccessTokenRow>(
    {
      name: 'access_token_load',
      text: `
        select to_micros(curfew_now()) as now, cs.version::float8 as configuration_version, t.payload,
          to_micros(t.expires_at) as expires_at, t.client_id as token_client_id,
          ${familyColumns}, ${accountColumns}, ${sessionColumns}
        from access_tokens t
        left join accounts a on a.account_id = t.account_id
        left join families f on f.family_id = t.family_id
        left join sessions s on s.session_id = t.session_id
        cross join configuration_state cs
        where t.token_hash = $1 and t.expires_at > curfew_now()`,
    },
    [tokenHash],
  );
  if (!row) return undefined;
  return {
    now: row.now,
    configurationVersion: row.configuration_version,
    payload: row.payload ?? undefined,
    expiresAt: row.expires_at,
    clientId: row.token_client_id,
    account: row.account_id ? readAccount(row as AccountRow) : undefined,
    family: row.family_id ? readFamily(row as FamilyRow) : undefined,
    session: readSession(row),
  };
}

/** Store a client's own token. Those of accounts are stored with what they come from. */
export async function insertClientToken(
  tx: Queryable,
  clientId: string,
  { hash, expiresAt }: NewAccessToken,
): Promise<void> {
  await tx.query(
    {
      name: 'access_token_of_client',
      text: `insert into access_tokens (token_hash, client_id, expires_at) values ($1, $2, from_micros($3))`,
    },
    [hash, clientId, expiresAt],
  );
}

/** Returns whose it was; undefined where there is none, or no more. */
export async function deleteAccessToken(
  tx: Queryable,
  tokenHash: Buffer,
): Promise<{ clientId: string; accountId?: string; sessionId?: string } | undefined> {
  const [row] = await tx.query<{ client_id: string; account_id: string | null; session_id: string | null }>(
    {
      name: 'access_token_delete',
      text: 'delete from access_tokens where token_hash = $1 returning client_id, account_id, session_id',
    },
    [tokenHash],
  );
  return (
    row && {
      clientId: row.client_id,
      ...(row.account_id === null ? {} : { accountId: row.account_id }),
      ...(row.session_id === null ? {} : { sessionId: row.session_id }),
    }
  );
}

/** Forget what a client got for an account without a family: a family's tokens end with it. */
export async function deleteTokensWithoutFamily(
  tx: Queryable,
  accountId: string,
  clientId: string,
): Promise<void> {
  await tx.query(
    {
      name: 'access_tokens_delete_client',
      text: 'delete from access_tokens where account_id = $1 and client_id = $2 and family_id is null',
    },
    [accountId, clientId],
  );
}

/** Likewise for itself and for every account. */
export async function deleteTokensOfClient(tx: Queryable, clientId: string): Promise<void> {
  await tx.query(
    {
      name: 'access_tokens_delete_of_client',
      text: 'delete from access_tokens where client_id = $1 and family_id is null',
    },
    [clientId],
  );
}
