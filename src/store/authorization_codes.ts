import type { SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Lease } from '../domain/leases.ts';
import type { Queryable } from './database.ts';
import { accountColumns, readAccount, readLease, readSession, sessionColumns } from './facts_sql.ts';
import type { AccountRow, LeaseRow, SessionRow, StoredAccount } from './facts_sql.ts';
import { readCommit } from './families.ts';
import type { CommitOutcome, NewAccessToken } from './families.ts';

export interface NewAuthorizationCode {
  codeHash: Buffer;
  accountId: string;
  clientId: string;
  sessionId: string;
  grantId: string;
  payload: Record<string, unknown>;
  /** Seconds. */
  ttl: number;
  /** What the user allowed the family that the code gives. */
  lease?: Lease | undefined;
}

/**
 * Store a code with its session's activity and MFA moments as they are now; false, and nothing is stored,
 * when the session has ended or the code is there already.
 */
export async function insertAuthorizationCode(tx: Queryable, code: NewAuthorizationCode): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'code_insert',
      text: `insert into authorization_codes (code_hash, account_id, client_id, session_id, grant_id, payload,
                                              last_activity_at, mfa_at, phr_at, expires_at, lease_seconds, lease_purpose)
             select $1, $2, $3, $4, $5, $6, s.last_activity_at, s.mfa_at, s.phr_at, curfew_now() + make_interval(secs => $7),
               $8::integer, $9
             from sessions s where s.session_id = $4 and s.ended_at is null
             on conflict (code_hash) do nothing returning 1`,
    },
    [
      code.codeHash,
      code.accountId,
      code.clientId,
      code.sessionId,
      code.grantId,
      JSON.stringify(code.payload),
      code.ttl,
      code.lease?.duration ?? null,
      code.lease?.purpose ?? null,
    ],
  );
  return rows.length > 0;
}

export interface LoadedCode {
  now: Instant;
  configurationVersion: number;
  account: StoredAccount;
  clientId: string;
  grantId: string;
  grantPayload?: Record<string, unknown> | undefined;
  session?: SessionFacts | undefined;
  sessionPayload?: Record<string, unknown> | undefined;
  payload: Record<string, unknown>;
  lastActivityAt: Instant;
  mfaAt?: Instant | undefined;
  phrAt?: Instant | undefined;
  lease?: Lease | undefined;
  expired: boolean;
  consumed: boolean;
  /** The family that its first use gave. */
  familyId?: string | undefined;
}

interface CodeRow extends AccountRow, LeaseRow, Partial<SessionRow> {
  session_payload?: Record<string, unknown>;
  now: number;
  configuration_version: number;
  client_id: string;
  grant_id: string;
  grant_payload: Record<string, unknown> | null;
  payload: Record<string, unknown>;
  code_last_activity_at: number;
  code_mfa_at: number | null;
  code_phr_at: number | null;
  expired: boolean;
  consumed: boolean;
  family_id: string | null;
}

export async function findAuthorizationCode(
  db: Queryable,
  codeHash: Buffer,
): Promise<LoadedCode | undefined> {
  const [row] = await db.query<CodeRow>(
    {
      name: 'code_load',
      text: `
        select to_micros(curfew_now()) as now, cs.version::float8 as configuration_version, c.client_id, c.grant_id,
          g.payload as grant_payload, c.payload, to_micros(c.last_activity_at) as code_last_activity_at,
          to_micros(c.mfa_at) as code_mfa_at, to_micros(c.phr_at) as code_phr_at, c.expires_at <= curfew_now() as expired,
          c.consumed_at is not null as consumed, c.family_id, c.lease_seconds, c.lease_purpose,
          s.payload as session_payload, ${accountColumns}, ${sessionColumns}
        from authorization_codes c
        join accounts a on a.account_id = c.account_id
        left join grants g on g.grant_id = c.grant_id
        left join sessions s on s.session_id = c.session_id
        cross join configuration_state cs
        where c.code_hash = $1`,
    },
    [codeHash],
  );
  if (!row) return undefined;
  return {
    now: row.now,
    configurationVersion: row.configuration_version,
    account: readAccount(row),
    clientId: row.client_id,
    grantId: row.grant_id,
    grantPayload: row.grant_payload ?? undefined,
    session: readSession(row),
    sessionPayload: row.session_payload,
    payload: row.payload,
    lastActivityAt: row.code_last_activity_at,
    mfaAt: row.code_mfa_at ?? undefined,
    phrAt: row.code_phr_at ?? undefined,
    ...readLease(row),
    expired: row.expired,
    consumed: row.consumed,
    familyId: row.family_id ?? undefined,
  };
}

export interface CodeExchangeCommit {
  codeHash: Buffer;
  /** Absent when the client takes no refresh token: then no family is made. */
  tokenHash?: Buffer | undefined;
  familyId: string;
  bound: boolean;
  scopes: readonly string[];
  resources: readonly string[];
  jkt?: string | undefined;
  payload: Record<string, unknown>;
  accountVersion: number;
  configurationVersion: number;
  /** Seconds, as decided upon. */
  limits: { idle: number; sessionIdle: number; sessionAbsolute: number };
  accessToken?: NewAccessToken | undefined;
  requestId?: string | undefined;
  address?: string | undefined;
  detail: Record<string, unknown>;
}

/** Write a granted exchange in one round trip; see `code_exchange_commit` for what is locked and asserted. */
export async function commitCodeExchange(db: Queryable, commit: CodeExchangeCommit): Promise<CommitOutcome> {
  const { limits, accessToken } = commit;
  return readCommit(
    await db.query(
      {
        name: 'code_exchange_commit',
        text: `select * from code_exchange_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                                                  $16, $17, $18, $19)`,
      },
      [
        commit.codeHash,
        commit.tokenHash ?? null,
        commit.familyId,
        commit.bound,
        commit.scopes,
        commit.resources,
        commit.jkt ?? null,
        JSON.stringify(commit.payload),
        commit.accountVersion,
        commit.configurationVersion,
        limits.sessionIdle,
        limits.sessionAbsolute,
        limits.idle,
        accessToken?.hash ?? null,
        accessToken?.payload ? JSON.stringify(accessToken.payload) : null,
        accessToken?.expiresAt ?? null,
        commit.requestId ?? null,
        commit.address ?? null,
        JSON.stringify(commit.detail),
      ],
    ),
  );
}

/** Forget the account's codes that nobody has exchanged, but for those of the session `keeps`. */
export async function deleteOpenCodes(tx: Queryable, accountId: string, keeps?: string): Promise<void> {
  await tx.query(
    {
      name: 'codes_delete_open',
      text: `delete from authorization_codes
             where account_id = $1 and consumed_at is null and session_id is distinct from $2`,
    },
    [accountId, keeps ?? null],
  );
}

/** Likewise those of one client. */
export async function deleteOpenCodesOfClient(
  tx: Queryable,
  accountId: string,
  clientId: string,
): Promise<void> {
  await tx.query(
    {
      name: 'codes_delete_client',
      text: 'delete from authorization_codes where account_id = $1 and client_id = $2 and consumed_at is null',
    },
    [accountId, clientId],
  );
}

/** Forget every code of a client that nobody has exchanged, whoever it is about. */
export async function deleteCodesOfClient(tx: Queryable, clientId: string): Promise<void> {
  await tx.query(
    {
      name: 'codes_delete_of_client',
      text: 'delete from authorization_codes where client_id = $1 and consumed_at is null',
    },
    [clientId],
  );
}
