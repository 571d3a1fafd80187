import type { Swept } from './check_walks.ts';
import type { Queryable } from './database.ts';

interface OpenTable {
  id: string;
  isOpen: string;
  /** Rows of the clients in the parameter, by an index. */
  ofClients(clientIds: string): string;
}

const tables: Readonly<Record<Swept, OpenTable>> = {
  sessions: {
    id: 'session_id',
    isOpen: 't.ended_at is null and t.account_id is not null',
    ofClients: (clientIds) => `t.client_ids && ${clientIds}`,
  },
  families: {
    id: 'family_id',
    isOpen: 't.ended_at is null',
    ofClients: (clientIds) => `t.client_id = any(${clientIds})`,
  },
};

/**
 * The ids of open rows that are to be looked at within so many seconds from now, at most `most`. Where nothing is walked
 * through, all others end later than that.
 */
export async function listOpenCheckedWithin(
  db: Queryable,
  table: Swept,
  { seconds, most }: { seconds: number; most: number },
): Promise<string[]> {
  const { id, isOpen } = tables[table];
  const rows = await db.query<{ id: string }>(
    {
      name: `open_checked_${table}`,
      text: `select t.${id} as id from ${table} t
             where ${isOpen} and t.check_at <= (select curfew_now()) + make_interval(secs => $1)
             order by t.check_at limit $2`,
    },
    [seconds, most],
  );
  return rows.map((row) => row.id);
}

/** Whose, and how many are looked at at most: of the people who have one of the roles, and of what is open. */
export interface OpenOf {
  roles: readonly string[];
  clientIds: readonly string[];
  mostPeople: number;
  most: number;
}

/**
 * The ids of open rows of people with one of the roles, or of one of the clients; undefined: there are more people, or
 * rows, than are looked at.
 */
export async function listOpenOf(
  db: Queryable,
  table: Swept,
  { roles, clientIds, mostPeople, most }: OpenOf,
): Promise<string[] | undefined> {
  const { id, isOpen, ofClients } = tables[table];
  const [row] = await db.query<{ people: number; ids: string[] }>(
    {
      name: `open_of_${table}`,
      text: `
        with people as materialized (
          select account_id from account_roles where role = any($1::text[]) limit $3 + 1),
        found as materialized (
          (select t.${id} as id from (select * from people where (select count(*) from people) <= $3) p cross join lateral (
             select * from ${table} t where t.account_id = p.account_id and ${isOpen} offset 0) t limit $4 + 1)
          union
          (select t.${id} from ${table} t where ${isOpen} and ${ofClients('$2::text[]')} limit $4 + 1))
        select (select count(*)::integer from people) as people, array(select id::text from found) as ids`,
    },
    [roles, clientIds, mostPeople, most],
  );
  return row && row.people <= mostPeople && row.ids.length <= most ? row.ids : undefined;
}

/** How large a table is, ended rows included, and about how many rows of it are open. */
export interface OpenSize {
  pages: number;
  /** As of the last time that PostgreSQL looked; undefined: it never did. */
  open: number | undefined;
}

export async function measureOpen(db: Queryable, table: Swept): Promise<OpenSize> {
  const [row] = await db.query<{ pages: number; open: number }>({
    name: `open_size_${table}`,
    text: `select pg_relation_size('${table}')::float8 / current_setting('block_size')::float8 as pages,
             reltuples::float8 as open
           from pg_class where oid = '${table}_check'::regclass`,
  });
  const { pages = 0, open = -1 } = row ?? {};
  return { pages, open: open < 0 ? undefined : open };
}

/** The open rows on these pages of a table, each with its page. */
export async function listOpenOnPages(
  db: Queryable,
  table: Swept,
  pages: readonly number[],
): Promise<{ id: string; page: number }[]> {
  const { id, isOpen } = tables[table];
  return await db.query<{ id: string; page: number }>(
    {
      name: `open_on_pages_${table}`,
      text: `select t.id, p.page from unnest($1::bigint[]) as p (page) cross join lateral (
               select t.${id} as id from ${table} t
               where t.ctid >= ('(' || p.page || ',0)')::tid and t.ctid < ('(' || p.page + 1 || ',0)')::tid
                 and ${isOpen} offset 0) t`,
    },
    [pages],
  );
}
