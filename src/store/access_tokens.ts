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
import type { AccountRow, FamilyRow, SessionRow, StoredAccount } from './facts_sql.ts';

/** An opaque access token with the state it depends on. */
export interface LoadedAccessToken {
  now: Instant;
  configurationVersion: number;
  payload: Record<string, unknown>;
  expiresAt: Instant;
  clientId: string;
  grantId: string;
  account: StoredAccount;
  /** Absent when it came without a refresh token. */
  family?: FamilyFacts | undefined;
  session?: SessionFacts | undefined;
}

interface AccessTokenRow extends AccountRow, Partial<FamilyRow>, Partial<SessionRow> {
  now: number;
  configuration_version: number;
  payload: Record<string, unknown>;
  expires_at: number;
  token_client_id: string;
  token_grant_id: string;
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
          to_micros(t.expires_at) as expires_at, t.client_id as token_client_id, t.grant_id as token_grant_id,
          ${familyColumns}, ${accountColumns}, ${sessionColumns}
        from access_tokens t
        join accounts a on a.account_id = t.account_id
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
    payload: row.payload,
    expiresAt: row.expires_at,
    clientId: row.token_client_id,
    grantId: row.token_grant_id,
    account: readAccount(row),
    family: row.family_id ? readFamily(row as FamilyRow) : undefined,
    session: readSession(row),
  };
}

export async function deleteAccessToken(tx: Queryable, tokenHash: Buffer): Promise<void> {
  await tx.query({ name: 'access_token_delete', text: 'delete from access_tokens where token_hash = $1' }, [
    tokenHash,
  ]);
}
