import { randomBytes, randomUUID } from 'node:crypto';
import type { Queryable } from '../../src/store/database.ts';
import { sql, sqlOne } from './sql.ts';

/** An account without a password. */
export async function storeAccount(db: Queryable, roles: readonly string[] = []): Promise<string> {
  const { account_id: accountId } = await sqlOne<{ account_id: string }>(
    db,
    'insert into accounts (username) values ($1) returning account_id',
    `person-${randomUUID()}`,
  );
  await sql(db, 'insert into account_roles select $1, unnest($2::text[])', accountId, roles);
  return accountId;
}

/** Ages in seconds, by the database's clock. */
interface Ages {
  startedAgo?: number;
  activeAgo?: number;
}

/** A browser's sign-in; a second ago, unless told otherwise. */
export async function storeSession(
  db: Queryable,
  {
    accountId,
    startedAgo = 1,
    activeAgo = startedAgo,
    clientIds = [],
  }: Ages & { accountId: string; clientIds?: string[] },
): Promise<string> {
  const sessionId = randomUUID();
  await sql(
    db,
    `insert into sessions (session_id, cookie_hash, account_id, client_ids, payload, started_at, last_activity_at)
     values ($1, $2, $3, $4, '{}', curfew_now() - make_interval(secs => $5), curfew_now() - make_interval(secs => $6))`,
    sessionId,
    randomBytes(32),
    accountId,
    clientIds,
    startedAgo,
    activeAgo,
  );
  return sessionId;
}

export interface NewFamily extends Ages {
  accountId: string;
  sessionId: string;
  /** true: ends with its session. */
  bound: boolean;
  clientId?: string;
  scopes?: string[];
}

/** A family with one token that has not been used; a second ago, unless told otherwise. */
export async function storeFamily(
  db: Queryable,
  { startedAgo = 1, activeAgo = startedAgo, clientId = 'shop', scopes = ['openid'], ...family }: NewFamily,
): Promise<{ familyId: string; tokenHash: Buffer }> {
  const tokenHash = randomBytes(32);
  const { family_id: familyId } = await sqlOne<{ family_id: string }>(
    db,
    `insert into families (account_id, client_id, grant_id, session_id, bound, scopes, resources, payload,
                           started_at, last_activity_at, oldest_token_hash)
     values ($1, $2, 'a grant', $3, $4, $5, '{}', '{}', curfew_now() - make_interval(secs => $6),
             curfew_now() - make_interval(secs => $7), $8) returning family_id`,
    family.accountId,
    clientId,
    family.sessionId,
    family.bound,
    scopes,
    startedAgo,
    activeAgo,
    tokenHash,
  );
  await sql(
    db,
    'insert into refresh_tokens (token_hash, family_id, issued_at) values ($1, $2, curfew_now())',
    tokenHash,
    familyId,
  );
  return { familyId, tokenHash };
}

export interface StoredEnd {
  reason: string | null;
  /** Seconds from the start to the end, and from the last activity to it. */
  afterStart: number | null;
  afterActivity: number | null;
}

/** How a session or family ended. */
export async function findEnd(db: Queryable, table: 'sessions' | 'families', id: string): Promise<StoredEnd> {
  const key = table === 'sessions' ? 'session_id' : 'family_id';
  return await sqlOne<StoredEnd>(
    db,
    `select end_reason as reason, extract(epoch from ended_at - started_at)::float8 as "afterStart",
       extract(epoch from ended_at - last_activity_at)::float8 as "afterActivity"
     from ${table} where ${key}::text = $1`,
    id,
  );
}

/** The names of the events of the trail, oldest first. */
export async function listEventNames(db: Queryable): Promise<string[]> {
  const rows = await sql<{ name: string }>(db, 'select name from audit_events order by event_id');
  return rows.map(({ name }) => name);
}
