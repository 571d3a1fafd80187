import type { FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Queryable } from './database.ts';
import { familyColumns, readFamily, readSession, sessionColumns } from './facts_sql.ts';
import type { FamilyRow, SessionRow } from './facts_sql.ts';

interface Owner {
  username: string;
  roles: readonly string[];
  now: Instant;
}

export interface LiveSession extends Owner {
  session: SessionFacts;
  address: string | undefined;
}

export interface LiveFamily extends Owner {
  family: FamilyFacts;
  session: SessionFacts | undefined;
}

/** Which open sessions and families: of one account, or those of this id, or all; at most `most` of each. */
export interface LiveFilter {
  accountId?: string | undefined;
  id?: string | undefined;
  most: number;
}

const ownerColumns = `a.username, to_micros(curfew_now()) as now,
  array(select r.role from account_roles r where r.account_id = a.account_id order by r.role) as roles`;

/** Sessions that nothing has ended yet, with their owners, the most recently active first. */
export async function listLiveSessions(
  db: Queryable,
  { accountId, id, most }: LiveFilter,
): Promise<LiveSession[]> {
  const rows = await db.query<SessionRow & Owner & { address: string | null }>(
    {
      name: 'live_sessions',
      text: `select ${sessionColumns}, ${ownerColumns}, s.address
             from sessions s join accounts a on a.account_id = s.account_id
             where s.ended_at is null and ($1::text is null or s.account_id = $1)
               and ($2::text is null or s.session_id = $2)
             order by s.last_activity_at desc limit $3`,
    },
    [accountId ?? null, id ?? null, most],
  );
  return rows.flatMap(readLiveSession);
}

function readLiveSession(row: SessionRow & Owner & { address: string | null }): LiveSession[] {
  const session = readSession(row);
  const { username, roles, now, address } = row;
  return session ? [{ session, username, roles, now, address: address ?? undefined }] : [];
}

/** Likewise families, with the sessions that they are bound to. */
export async function listLiveFamilies(
  db: Queryable,
  { accountId, id, most }: LiveFilter,
): Promise<LiveFamily[]> {
  if (id !== undefined) return await listFamiliesById(db, id, most);
  const rows = await db.query<FamilyRow & Partial<SessionRow> & Owner>(
    {
      name: 'live_families',
      text: `select ${familyColumns}, ${sessionColumns}, ${ownerColumns}
             from families f join accounts a on a.account_id = f.account_id
             left join sessions s on s.session_id = f.session_id
             where f.ended_at is null and ($1::text is null or f.account_id = $1)
             order by f.last_activity_at desc limit $2`,
    },
    [accountId ?? null, most],
  );
  return rows.map(readLiveFamily);
}

/** The family of this id, or those of the session of this id. */
async function listFamiliesById(db: Queryable, id: string, most: number): Promise<LiveFamily[]> {
  const rows = await db.query<FamilyRow & Partial<SessionRow> & Owner>(
    {
      name: 'live_families_by_id',
      text: `select ${familyColumns}, ${sessionColumns}, ${ownerColumns}
             from (
               select family_id from families where session_id = $1 and ended_at is null
               union select $2::uuid) found
             join families f on f.family_id = found.family_id join accounts a on a.account_id = f.account_id
             left join sessions s on s.session_id = f.session_id
             where f.ended_at is null order by f.last_activity_at desc limit $3`,
    },
    [id, isUuid(id) ? id : null, most],
  );
  return rows.map(readLiveFamily);
}

function readLiveFamily(row: FamilyRow & Partial<SessionRow> & Owner): LiveFamily {
  const { username, roles, now } = row;
  return { family: readFamily(row), session: readSession(row), username, roles, now };
}

/** How many families of a client are open, of how many people; no more than `most` of them are counted, if given. */
export async function countClientFamilies(
  db: Queryable,
  clientId: string,
  most?: number,
): Promise<{ families: number; people: number }> {
  const [row] = await db.query<{ families: number; people: number }>(
    {
      name: 'client_families_count',
      text: `select count(*)::float8 as families, count(distinct account_id)::float8 as people
             from (select account_id from families where client_id = $1 and ended_at is null limit $2) open`,
    },
    [clientId, most ?? null],
  );
  return row ?? { families: 0, people: 0 };
}

/** Where a page of what is open begins: what is looked at soonest comes first. */
export interface LiveCursor {
  /** null: at once. */
  checkAt: Instant | null;
  id: string;
}

interface LivePage {
  accountId: string | undefined;
  after: LiveCursor | undefined;
  most: number;
}

const checkAtOf = (alias: 's' | 'f'): string =>
  `case when ${alias}.check_at > '-infinity' then to_micros(${alias}.check_at) end as check_at`;

const pageOf = (alias: 's' | 'f', key: string, { accountId }: LivePage): string => `
  ${alias}.ended_at is null ${accountId === undefined ? '' : `and ${alias}.account_id = $4`}
  and (${alias}.check_at, ${key}) > (coalesce(from_micros($1), '-infinity'), $2)
  order by ${alias}.check_at, ${key} limit $3`;

const pageValues = ({ accountId, after, most }: LivePage, leastId: string): unknown[] => [
  after?.checkAt ?? null,
  after?.id ?? leastId,
  most,
  ...(accountId === undefined ? [] : [accountId]),
];

const pageName = (table: string, { accountId }: LivePage): string =>
  `live_${table}_page${accountId === undefined ? '' : '_account'}`;

/** Open sessions, of one account or all, those whose end may come soonest first. */
export async function pageLiveSessions(db: Queryable, page: LivePage): Promise<PagedSession[]> {
  const rows = await db.query<SessionRow & Owner & { address: string | null; check_at: Instant | null }>(
    {
      name: pageName('sessions', page),
      text: `select ${sessionColumns}, ${ownerColumns}, s.address, ${checkAtOf('s')}
             from sessions s join accounts a on a.account_id = s.account_id
             where ${pageOf('s', 's.session_id', page)}`,
    },
    pageValues(page, ''),
  );
  return rows.flatMap((row) =>
    readLiveSession(row).map((live) => ({
      ...live,
      cursor: { checkAt: row.check_at, id: live.session.sessionId },
    })),
  );
}

export interface PagedSession extends LiveSession {
  cursor: LiveCursor;
}

/** Likewise families. */
export async function pageLiveFamilies(db: Queryable, page: LivePage): Promise<PagedFamily[]> {
  const rows = await db.query<FamilyRow & Partial<SessionRow> & Owner & { check_at: Instant | null }>(
    {
      name: pageName('families', page),
      text: `select ${familyColumns}, ${sessionColumns}, ${ownerColumns}, ${checkAtOf('f')}
             from families f join accounts a on a.account_id = f.account_id
             left join sessions s on s.session_id = f.session_id
             where ${pageOf('f', 'f.family_id', page)}`,
    },
    pageValues(page, '00000000-0000-0000-0000-000000000000'),
  );
  return rows.map((row) => ({
    ...readLiveFamily(row),
    cursor: { checkAt: row.check_at, id: row.family_id },
  }));
}

export interface PagedFamily extends LiveFamily {
  cursor: LiveCursor;
}
