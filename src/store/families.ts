import type { FamilyFacts, RefreshTokenFacts, SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import { endAssignments, endsFrom, endValues } from './ends_sql.ts';
import type { EndWrite } from './ends_sql.ts';
import {
  accountColumns,
  familyColumns,
  readAccount,
  readFamily,
  readSession,
  sessionColumns,
} from './facts_sql.ts';
import type { AccountRow, FamilyRow, SessionRow, StoredAccount } from './facts_sql.ts';

/** All that a presented refresh token brings along, read in one round trip. */
export interface LoadedRefresh {
  now: Instant;
  configurationVersion: number;
  account: StoredAccount;
  family: FamilyFacts;
  session?: SessionFacts | undefined;
  sessionPayload?: Record<string, unknown> | undefined;
  token: RefreshTokenFacts;
  boundKey?: string | undefined;
  grantId: string;
  grantPayload?: Record<string, unknown> | undefined;
  /** What the protocol library carries from token to token. */
  payload: Record<string, unknown>;
  /** The sealed successor of a rotated token, and the secret of its window while that exists. */
  successor?: { sealed: Buffer; windowId: string; windowSecretSealed: string } | undefined;
  /** Of a rotated token. */
  successorHash?: Buffer | undefined;
  /** Another family is bound to the same session and may be over: it must be looked at before that moves on. */
  siblingsDue: boolean;
}

interface RefreshRow extends FamilyRow, AccountRow, Partial<SessionRow> {
  now: number;
  family_payload: Record<string, unknown>;
  session_payload?: Record<string, unknown>;
  configuration_version: number;
  rotated_at: number | null;
  successor_unused: boolean;
  siblings_due: boolean;
  retries: number;
  inactive_for: number | null;
  /** In hexadecimal. */
  successor_hash: string | null;
  successor_sealed: string | null;
  window_id: string | null;
  rotation_jkt: string | null;
  window_secret_sealed: string | null;
  grant_payload: Record<string, unknown> | null;
}

/** As one column of JSON: to describe and read fifty columns would cost the driver more than all else here. */
const loadStatement = {
  name: 'refresh_load',
  text: `select row_to_json(r) as loaded from (
    select to_micros(curfew_now()) as now, cs.version::float8 as configuration_version,
      to_micros(t.rotated_at) as rotated_at, n.rotated_at is null as successor_unused, t.retries, t.inactive_for,
      encode(t.successor_hash, 'hex') as successor_hash, encode(t.successor_sealed, 'hex') as successor_sealed,
      t.window_id, t.rotation_jkt, w.secret_sealed as window_secret_sealed,
      g.payload as grant_payload,
      f.bound and exists (select from families o where o.session_id = f.session_id and o.ended_at is null
        and o.bound and o.family_id <> f.family_id
        and (o.check_at <= curfew_now() or exists (select from check_walks))) as siblings_due,
      f.payload as family_payload, s.payload as session_payload,
      ${familyColumns}, ${accountColumns}, ${sessionColumns}
    from refresh_tokens t
    join families f on f.family_id = t.family_id
    join accounts a on a.account_id = f.account_id
    left join grants g on g.grant_id = f.grant_id
    left join sessions s on s.session_id = f.session_id
    left join refresh_tokens n on n.token_hash = t.successor_hash
    left join window_secrets w on w.window_id = t.window_id
    cross join configuration_state cs
    where t.token_hash = $1) r`,
};

export async function findRefresh(db: Queryable, tokenHash: Buffer): Promise<LoadedRefresh | undefined> {
  const [found] = await db.query<{ loaded: RefreshRow }>(loadStatement, [tokenHash]);
  if (!found) return undefined;
  const row = found.loaded;
  const successor = readSuccessor(row);
  const token: RefreshTokenFacts = {
    // One that was never sealed, or whose window is forgotten, cannot be handed out again.
    successorUnused: row.successor_unused && successor !== undefined,
    retries: row.retries,
  };
  if (row.rotated_at !== null) token.rotatedAt = row.rotated_at;
  if (row.inactive_for !== null) token.inactiveFor = row.inactive_for;
  if (row.rotation_jkt !== null) token.rotationKey = row.rotation_jkt;
  return {
    now: row.now,
    configurationVersion: row.configuration_version,
    account: readAccount(row),
    family: readFamily(row),
    session: readSession(row),
    sessionPayload: row.session_payload,
    token,
    boundKey: row.jkt ?? undefined,
    grantId: row.grant_id,
    grantPayload: row.grant_payload ?? undefined,
    payload: row.family_payload,
    successor,
    successorHash: row.successor_hash === null ? undefined : Buffer.from(row.successor_hash, 'hex'),
    siblingsDue: row.siblings_due,
  };
}

function readSuccessor(row: RefreshRow): LoadedRefresh['successor'] {
  if (!row.successor_sealed || row.window_id === null || !row.window_secret_sealed) return undefined;
  return {
    sealed: Buffer.from(row.successor_sealed, 'hex'),
    windowId: row.window_id,
    windowSecretSealed: row.window_secret_sealed,
  };
}

export interface NewAccessToken {
  hash: Buffer;
  /** Absent for a JWT, which carries its own. */
  payload?: Record<string, unknown>;
  expiresAt: Instant;
}

export interface RefreshCommit {
  mode: 'rotate' | 'retry' | 'keep';
  tokenHash: Buffer;
  successor?: { hash: Buffer; sealed: Buffer | null; windowId: string | null } | undefined;
  /** Thumbprint of the DPoP proof of this request. */
  proofKey?: string | undefined;
  accountVersion: number;
  configurationVersion: number;
  /** Seconds, as decided upon. */
  limits: {
    idle: number;
    absolute: number;
    overlap: number;
    sessionIdle: number;
    sessionAbsolute: number;
    leaseMax: number;
  };
  inactiveFor?: number | undefined;
  sessionInactiveFor?: number | undefined;
  accessToken?: NewAccessToken | undefined;
  requestId?: string | undefined;
  address?: string | undefined;
  detail: Record<string, unknown>;
}

/** `changed`: something the decision rested on no longer holds, nothing was written. */
export type CommitOutcome =
  | { outcome: 'changed' }
  | { outcome: 'done'; now: Instant; lastActivityAt: Instant; sessionLastActivityAt?: Instant | undefined };

interface CommitRow {
  outcome: 'done' | 'changed';
  now: number;
  last_activity_at: number;
  session_last_activity_at: number | null;
}

const refreshCommitStatement = {
  name: 'refresh_commit',
  text: `select * from refresh_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, true)`,
};

/** Whether something bound to the session is due for a look: its limit may have passed. */
export async function hasDueFamilies(db: Queryable, sessionId: string): Promise<boolean> {
  const due = await db.query(
    {
      name: 'families_due_of_session',
      text: `select from families f where f.session_id = $1 and f.ended_at is null and f.bound
               and (f.check_at <= (select curfew_now()) or exists (select from check_walks)) limit 1`,
    },
    [sessionId],
  );
  return due.length > 0;
}

/** Write a granted refresh in one round trip; see `refresh_commit` for what is locked and asserted. */
export async function commitRefresh(db: Queryable, commit: RefreshCommit): Promise<CommitOutcome> {
  const { limits, accessToken } = commit;
  return readCommit(
    await db.query<CommitRow>(refreshCommitStatement, [
      commit.mode,
      commit.tokenHash,
      commit.successor?.hash ?? null,
      commit.successor?.sealed ?? null,
      commit.successor?.windowId ?? null,
      commit.proofKey ?? null,
      commit.accountVersion,
      commit.configurationVersion,
      limits.idle,
      limits.absolute,
      limits.overlap,
      limits.sessionIdle,
      limits.sessionAbsolute,
      commit.inactiveFor ?? null,
      commit.sessionInactiveFor ?? null,
      accessToken?.hash ?? null,
      accessToken?.payload ? JSON.stringify(accessToken.payload) : null,
      accessToken?.expiresAt ?? null,
      commit.requestId ?? null,
      commit.address ?? null,
      JSON.stringify(commit.detail),
      limits.leaseMax,
    ]),
  );
}

export function readCommit([row]: CommitRow[]): CommitOutcome {
  if (row?.outcome !== 'done') return { outcome: 'changed' };
  return {
    outcome: 'done',
    now: row.now,
    lastActivityAt: row.last_activity_at,
    sessionLastActivityAt: row.session_last_activity_at ?? undefined,
  };
}

/** Store the ends of open families; returns the ids of those that had not ended before. */
export async function endFamilyRows(tx: Queryable, ends: readonly EndWrite[]): Promise<Set<string>> {
  const rows = await tx.query<{ family_id: string }>(
    {
      name: 'families_end',
      text: `update families f set ${endAssignments} from ${endsFrom('uuid')}
             where f.family_id = e.id and f.ended_at is null returning f.family_id`,
    },
    endValues(ends),
  );
  return new Set(rows.map((row) => row.family_id));
}

/** An open family with what its limits depend on. */
export interface OpenFamily {
  family: FamilyFacts;
  roles: readonly string[];
  session?: SessionFacts | undefined;
}

/** Which open families: exactly one of the fields is given. */
export interface FamilyFilter {
  familyId?: string;
  accountId?: string;
  clientId?: string;
  sessionId?: string;
  grantId?: string;
}

/** Families by their ids, or those bound to sessions. */
export type FamilySet = { familyIds: readonly string[] } | { boundTo: readonly string[] };

/** Lock open families in the order of their ids, then the sessions they are bound to, and read them afterwards. */
export async function lockOpenFamilies(
  tx: Queryable,
  filter: FamilyFilter | FamilySet,
): Promise<OpenFamily[]> {
  const { name, condition, given } = selectFamilies(filter);
  await tx.query(
    {
      name: `families_lock_${name}`,
      text: `select from families f where f.ended_at is null and ${condition} order by f.family_id for no key update`,
    },
    [given],
  );
  await tx.query(
    {
      name: `families_lock_sessions_${name}`,
      text: `select from sessions where session_id in
               (select f.session_id from families f where f.ended_at is null and f.bound and ${condition})
             order by session_id for no key update`,
    },
    [given],
  );
  return await listOpenFamilies(tx, filter);
}

/** Read open families without locks. */
export async function listOpenFamilies(
  db: Queryable,
  filter: FamilyFilter | FamilySet,
): Promise<OpenFamily[]> {
  const { name, condition, given } = selectFamilies(filter);
  const rows = await db.query<FamilyRow & Partial<SessionRow> & { roles: string[] }>(
    {
      name: `families_open_${name}`,
      text: `select ${familyColumns}, ${sessionColumns},
               array(select r.role from account_roles r where r.account_id = f.account_id) as roles
             from families f left join sessions s on s.session_id = f.session_id
             where f.ended_at is null and ${condition} order by f.family_id`,
    },
    [given],
  );
  return rows.map((row) => ({ family: readFamily(row), roles: row.roles, session: readSession(row) }));
}

function selectFamilies(filter: FamilyFilter | FamilySet): {
  name: string;
  /** With one parameter, of families `f`. */
  condition: string;
  given: unknown;
} {
  if ('familyIds' in filter)
    return { name: 'ids', condition: 'f.family_id = any($1)', given: filter.familyIds };
  if ('boundTo' in filter)
    return { name: 'bound', condition: 'f.bound and f.session_id = any($1)', given: filter.boundTo };
  const entries = {
    family_id: filter.familyId,
    account_id: filter.accountId,
    client_id: filter.clientId,
    session_id: filter.sessionId,
    grant_id: filter.grantId,
  };
  const entry = Object.entries(entries).find(([, value]) => value !== undefined);
  if (!entry) throw new Error('The filter names no families.');
  const [column, given] = entry;
  return { name: column, condition: `f.${column} = $1`, given };
}

/** The family that any of its tokens belongs to, rotated or not. */
export async function findFamilyIdByToken(db: Queryable, tokenHash: Buffer): Promise<string | undefined> {
  const [row] = await db.query<{ family_id: string }>(
    { name: 'family_by_token', text: 'select family_id from refresh_tokens where token_hash = $1' },
    [tokenHash],
  );
  return row?.family_id;
}
