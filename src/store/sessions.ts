import type { SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import { endAssignments, endsFrom, endValues } from './ends_sql.ts';
import type { EndWrite } from './ends_sql.ts';
import { readSession, sessionColumns } from './facts_sql.ts';
import type { SessionRow } from './facts_sql.ts';

/** A stored session as the protocol library and a decision need it. */
export interface LoadedSession {
  now: Instant;
  configurationVersion: number;
  sessionId: string;
  payload: Record<string, unknown>;
  /** Absent while nobody has signed in. */
  facts?: SessionFacts | undefined;
  roles: readonly string[];
  accountDisabled: boolean;
  /** 0 while nobody has signed in. */
  accountVersion: number;
  passwordAt?: Instant | undefined;
  mfaAt?: Instant | undefined;
  /** One that is phishing-resistant: a passkey. */
  phrAt?: Instant | undefined;
}

interface LoadedSessionRow extends SessionRow {
  session_payload: Record<string, unknown>;
  now: number;
  configuration_version: number;
  roles: string[];
  account_disabled: boolean;
  account_version: number;
}

const sessionSelect = `
  select to_micros(curfew_now()) as now, cs.version::float8 as configuration_version, ${sessionColumns},
    s.payload as session_payload,
    array(select r.role from account_roles r where r.account_id = s.account_id) as roles,
    coalesce(a.disabled_at is not null or a.deleted_at is not null, false) as account_disabled,
    coalesce(a.version, 0)::float8 as account_version
  from sessions s left join accounts a on a.account_id = s.account_id cross join configuration_state cs`;

export async function findSessionByCookie(
  db: Queryable,
  cookieHash: Buffer,
): Promise<LoadedSession | undefined> {
  const statement = { name: 'session_by_cookie', text: `${sessionSelect} where s.cookie_hash = $1` };
  return readLoaded(await db.query<LoadedSessionRow>(statement, [cookieHash]));
}

export async function findSessionById(db: Queryable, sessionId: string): Promise<LoadedSession | undefined> {
  const statement = { name: 'session_by_id', text: `${sessionSelect} where s.session_id = $1` };
  return readLoaded(await db.query<LoadedSessionRow>(statement, [sessionId]));
}

function readLoaded([row]: LoadedSessionRow[]): LoadedSession | undefined {
  if (!row) return undefined;
  return {
    now: row.now,
    configurationVersion: row.configuration_version,
    sessionId: row.session_id,
    payload: row.session_payload,
    facts: readSession(row),
    roles: row.roles,
    accountDisabled: row.account_disabled,
    accountVersion: row.account_version,
    passwordAt: row.session_password_at ?? undefined,
    mfaAt: row.session_mfa_at ?? undefined,
    phrAt: row.session_phr_at ?? undefined,
  };
}

export interface SessionWrite {
  sessionId: string;
  cookieHash: Buffer;
  /** The session's cookie as the writer read it; absent where it makes the session. */
  readCookieHash?: Buffer | undefined;
  accountId?: string | undefined;
  clientIds: readonly string[];
  payload: Record<string, unknown>;
  /** Given when the write is a full sign-in: its moment, which starts the absolute limit anew. */
  signedInAt?: Instant | undefined;
  mfaAt?: Instant | undefined;
  /** One that is phishing-resistant: a passkey. */
  phrAt?: Instant | undefined;
  /** From where it comes: kept of a full sign-in. */
  userAgent?: string | undefined;
  address?: string | undefined;
}

export type WrittenSession =
  | { outcome: 'started' | 'renewed' | 'kept'; startedAt: Instant; lastActivityAt: Instant }
  | { outcome: 'refused' };

/**
 * Create or update a session. A full sign-in sets its start and activity, a step-up its activity; any
 * other write leaves both alone. Two requests of one browser may write at once: neither loses the
 * other's client. `refused`, and nothing is written: the session has ended, belongs to another account,
 * or has another cookie by now, which an older view of it must not bring back.
 */
export async function writeSession(tx: Queryable, write: SessionWrite): Promise<WrittenSession> {
  const [row] = await tx.query<Extract<WrittenSession, { startedAt: Instant }>>(
    {
      name: 'session_write',
      text: `
        with before as (select started_at from sessions where session_id = $1)
        insert into sessions as s (session_id, cookie_hash, account_id, client_ids, payload, started_at,
                                   last_activity_at, password_at, mfa_at, user_agent, address, phr_at)
        values ($1, $2, $3, $4, $5, from_micros($6), coalesce(from_micros($6), curfew_now()), from_micros($6),
                from_micros($7), $9, $10, from_micros($11))
        on conflict (session_id) do update set
          cookie_hash = excluded.cookie_hash, account_id = excluded.account_id,
          client_ids = array(select distinct unnest(s.client_ids || excluded.client_ids) order by 1),
          payload = excluded.payload || jsonb_build_object('authorizations',
            coalesce(s.payload -> 'authorizations', '{}') || coalesce(excluded.payload -> 'authorizations', '{}')),
          started_at = greatest(excluded.started_at, s.started_at),
          last_activity_at = greatest(s.last_activity_at, excluded.started_at, excluded.mfa_at),
          password_at = greatest(excluded.password_at, s.password_at),
          mfa_at = greatest(excluded.mfa_at, s.mfa_at),
          phr_at = greatest(excluded.phr_at, s.phr_at),
          user_agent = case when $6::float8 is null then s.user_agent else excluded.user_agent end,
          address = case when $6::float8 is null then s.address else excluded.address end
        where s.ended_at is null and s.cookie_hash in ($8, excluded.cookie_hash)
          and (s.account_id is null or s.account_id = excluded.account_id)
        returning case when $6::float8 is null then 'kept'
                       when (select started_at from before) is null then 'started' else 'renewed' end as outcome,
          to_micros(started_at) as "startedAt", to_micros(last_activity_at) as "lastActivityAt"`,
    },
    [
      write.sessionId,
      write.cookieHash,
      write.accountId ?? null,
      write.clientIds,
      JSON.stringify(write.payload),
      write.signedInAt ?? null,
      write.mfaAt ?? null,
      write.readCookieHash ?? null,
      write.userAgent ?? null,
      write.address ?? null,
      write.phrAt ?? null,
    ],
  );
  return row ?? { outcome: 'refused' };
}

/** The user was there at this moment: the session's activity moves to now, never back. */
export async function touchSession(tx: Queryable, sessionId: string): Promise<void> {
  await tx.query(
    {
      name: 'session_touch',
      text: `update sessions set last_activity_at = greatest(last_activity_at, curfew_now())
             where session_id = $1 and ended_at is null`,
    },
    [sessionId],
  );
}

/** Lock the account's row: whatever issues a family or ends an account's access waits here. */
export async function lockAccount(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    { name: 'account_lock', text: 'select from accounts where account_id = $1 for no key update' },
    [accountId],
  );
}

/** Lock these accounts' rows, in the order of their ids. */
export async function lockAccounts(tx: Queryable, accountIds: readonly string[]): Promise<void> {
  await tx.query(
    {
      name: 'accounts_lock',
      text: 'select from accounts where account_id = any($1) order by account_id for no key update',
    },
    [accountIds],
  );
}

export interface OpenSession {
  session: SessionFacts;
  roles: readonly string[];
}

const openSessions = `
  select ${sessionColumns}, array(select r.role from account_roles r where r.account_id = s.account_id) as roles
  from sessions s where s.ended_at is null and s.account_id is not null`;

/** Lock the open signed-in sessions of one account, one of them, or several by their ids, and read them. */
export async function lockOpenSessions(
  tx: Queryable,
  filter: { accountId: string } | { sessionId: string } | { sessionIds: readonly string[] },
): Promise<OpenSession[]> {
  if ('sessionIds' in filter) {
    const { sessionIds } = filter;
    const text = `${openSessions} and s.session_id = any($1) order by s.session_id for no key update of s`;
    return readOpen(await tx.query<OpenSessionRow>({ name: 'sessions_lock_ids', text }, [sessionIds]));
  }
  const [column, value] =
    'sessionId' in filter ? ['session_id', filter.sessionId] : ['account_id', filter.accountId];
  return readOpen(
    await tx.query<OpenSessionRow>(
      {
        name: `sessions_lock_${column}`,
        text: `${openSessions} and s.${column} = $1 order by s.session_id for no key update of s`,
      },
      [value],
    ),
  );
}

/** Read the open signed-in sessions of an account, without locks. */
export async function listOpenSessions(db: Queryable, accountId: string): Promise<OpenSession[]> {
  const statement = { name: 'sessions_open_account', text: `${openSessions} and s.account_id = $1` };
  return readOpen(await db.query<OpenSessionRow>(statement, [accountId]));
}

/** Read the open ones of these sessions, without locks. */
export async function listOpenSessionsById(
  db: Queryable,
  sessionIds: readonly string[],
): Promise<OpenSession[]> {
  const statement = { name: 'sessions_open_ids', text: `${openSessions} and s.session_id = any($1)` };
  return readOpen(await db.query<OpenSessionRow>(statement, [sessionIds]));
}

type OpenSessionRow = SessionRow & { roles: string[] };

function readOpen(rows: OpenSessionRow[]): OpenSession[] {
  return rows.flatMap((row) => {
    const session = readSession(row);
    return session ? [{ session, roles: row.roles }] : [];
  });
}

/** A session, and what the clients in it know it by. */
export interface NamedSession {
  sessionId: string;
  accountId: string;
  /** The clients that signed in through it. */
  clientIds: readonly string[];
  authorizations: Readonly<Record<string, { sid?: string | undefined }>>;
}

/** Store the ends of open sessions; returns those that had not ended before. */
export async function endSessionRows(tx: Queryable, ends: readonly EndWrite[]): Promise<NamedSession[]> {
  return await tx.query<NamedSession>(
    {
      name: 'sessions_end',
      text: `update sessions s set ${endAssignments}, end_note = e.note from ${endsFrom('text')}
             where s.session_id = e.id and s.ended_at is null
             returning s.session_id as "sessionId", s.account_id as "accountId", s.client_ids as "clientIds",
               coalesce(s.payload -> 'authorizations', '{}') as authorizations`,
    },
    endValues(ends),
  );
}

/** The database's clock, for a decision made under locks. */
export async function readNow(tx: Queryable): Promise<Instant> {
  const [row] = await tx.query<{ now: number }>({
    name: 'now',
    text: 'select to_micros(curfew_now()) as now',
  });
  if (!row) throw new Error('The database did not tell the time.');
  return row.now;
}

/** Forget from where an account was signed in to, and what was said to its person. */
export async function forgetDevices(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    {
      name: 'session_devices_forget',
      text: 'update sessions set user_agent = null, address = null, end_note = null where account_id = $1',
    },
    [accountId],
  );
}
