import type { AccountFacts, End, FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Lease } from '../domain/leases.ts';
import type { EndReason } from '../domain/reasons.ts';

/** Columns of one end, of the table aliased `alias`. */
const endColumns = (alias: string, prefix: string): string =>
  `to_micros(${alias}.ended_at) as ${prefix}_ended_at, ${alias}.end_reason as ${prefix}_end_reason,
   ${alias}.end_limit as ${prefix}_end_limit, ${alias}.end_policy as ${prefix}_end_policy,
   ${alias}.end_policy_version as ${prefix}_end_policy_version`;

/** The select list of a family's facts, from `families f`. */
export const familyColumns = `
  f.family_id, f.account_id as family_account_id, f.client_id as family_client_id, f.grant_id,
  f.session_id as family_session_id, f.bound, f.scopes, f.resources, f.jkt,
  to_micros(f.started_at) as family_started_at, to_micros(f.last_activity_at) as family_last_activity_at,
  to_micros(f.mfa_at) as family_mfa_at, to_micros(f.phr_at) as family_phr_at, f.lease_seconds, f.lease_purpose, ${endColumns('f', 'family')}`;

/** The select list of a session's facts, from `sessions s` (may be absent by a left join). */
export const sessionColumns = `
  s.session_id, s.account_id as session_account_id, s.client_ids,
  to_micros(s.started_at) as session_started_at, to_micros(s.last_activity_at) as session_last_activity_at,
  to_micros(s.password_at) as session_password_at, to_micros(s.mfa_at) as session_mfa_at,
  to_micros(s.phr_at) as session_phr_at, s.end_note as session_end_note, ${endColumns('s', 'session')}`;

/** The select list of an account's facts, from `accounts a`. */
export const accountColumns = `
  a.account_id, a.username, a.email, a.name, a.version::float8 as account_version,
  a.disabled_at is not null or a.deleted_at is not null as account_disabled,
  array(select r.role from account_roles r where r.account_id = a.account_id order by r.role) as roles`;

export interface EndRow {
  ended_at: number | null;
  end_reason: string | null;
  end_limit: number | null;
  end_policy: string | null;
  end_policy_version: number | null;
  end_note?: string | null | undefined;
}

/** Of a code or family; both are null where there is no lease. */
export interface LeaseRow {
  lease_seconds: number | null;
  lease_purpose: string | null;
}

export interface FamilyRow extends LeaseRow {
  family_id: string;
  family_account_id: string;
  family_client_id: string;
  grant_id: string;
  family_session_id: string;
  bound: boolean;
  scopes: string[];
  resources: string[];
  jkt: string | null;
  family_started_at: number;
  family_last_activity_at: number;
  family_mfa_at: number | null;
  family_phr_at: number | null;
  family_ended_at: number | null;
  family_end_reason: string | null;
  family_end_limit: number | null;
  family_end_policy: string | null;
  family_end_policy_version: number | null;
}

export interface SessionRow {
  session_id: string;
  session_account_id: string | null;
  client_ids: string[];
  session_started_at: number | null;
  session_last_activity_at: number;
  session_password_at: number | null;
  session_mfa_at: number | null;
  session_phr_at: number | null;
  session_ended_at: number | null;
  session_end_reason: string | null;
  session_end_limit: number | null;
  session_end_policy: string | null;
  session_end_policy_version: number | null;
  session_end_note: string | null;
}

export interface AccountRow {
  account_id: string;
  username: string;
  email: string | null;
  name: string | null;
  account_version: number;
  account_disabled: boolean;
  roles: string[];
}

function readEnd(row: EndRow): { end?: End } {
  if (row.ended_at === null) return {};
  const end: End = { reason: row.end_reason as EndReason, at: row.ended_at };
  if (row.end_limit !== null) end.limit = row.end_limit;
  if (row.end_policy !== null) end.policy = row.end_policy;
  if (row.end_policy_version !== null) end.policyVersion = row.end_policy_version;
  if (row.end_note != null) end.note = row.end_note;
  return { end };
}

export function readLease({ lease_seconds: duration, lease_purpose: purpose }: LeaseRow): { lease?: Lease } {
  return duration === null || purpose === null ? {} : { lease: { duration, purpose } };
}

export function readFamily(row: FamilyRow): FamilyFacts {
  return {
    familyId: row.family_id,
    accountId: row.family_account_id,
    clientId: row.family_client_id,
    sessionId: row.family_session_id,
    bound: row.bound,
    scopes: row.scopes,
    resources: row.resources,
    startedAt: row.family_started_at,
    lastActivityAt: row.family_last_activity_at,
    ...(row.family_mfa_at === null ? {} : { mfaAt: row.family_mfa_at }),
    ...(row.family_phr_at === null ? {} : { phrAt: row.family_phr_at }),
    ...readLease(row),
    ...readEnd({
      ended_at: row.family_ended_at,
      end_reason: row.family_end_reason,
      end_limit: row.family_end_limit,
      end_policy: row.family_end_policy,
      end_policy_version: row.family_end_policy_version,
    }),
  };
}

/** undefined for a session nobody signed in to, or one that a left join did not find. */
export function readSession(row: Partial<SessionRow>): SessionFacts | undefined {
  if (!row.session_id || !row.session_account_id || row.session_started_at == null) return undefined;
  return {
    sessionId: row.session_id,
    accountId: row.session_account_id,
    clientIds: row.client_ids ?? [],
    startedAt: row.session_started_at,
    lastActivityAt: row.session_last_activity_at ?? row.session_started_at,
    ...readEnd({
      ended_at: row.session_ended_at ?? null,
      end_reason: row.session_end_reason ?? null,
      end_limit: row.session_end_limit ?? null,
      end_policy: row.session_end_policy ?? null,
      end_policy_version: row.session_end_policy_version ?? null,
      end_note: row.session_end_note,
    }),
  };
}

/** The account of a decision, with what claims say of it. */
export interface StoredAccount extends AccountFacts {
  username: string;
  email?: string;
  name?: string;
}

export function readAccount(row: AccountRow): StoredAccount {
  return {
    accountId: row.account_id,
    version: row.account_version,
    roles: row.roles,
    disabled: row.account_disabled,
    username: row.username,
    ...(row.email === null ? {} : { email: row.email }),
    ...(row.name === null ? {} : { name: row.name }),
  };
}
