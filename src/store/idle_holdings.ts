import type { Queryable } from './database.ts';

/** Live sessions alike in what rules them and in for how long nobody was there, and what is kept for them. */
export interface IdleGroup {
  roles: string[];
  clientIds: string[];
  /** Minutes since the last activity, rounded down. */
  idleMinutes: number;
  /** Of the sessions themselves, the families bound to them, and their refresh and access tokens. */
  sessions: number;
  rows: number;
  bytes: number;
}

/** So many pages of each table are read at most. */
const mostPages = 256;

interface Held {
  table: string;
  /** From a sampled row `t` to its session `s`. */
  join: string;
  /** Which rows count. */
  where: string;
}

const bound = `join families f on f.family_id = t.family_id and f.bound and f.ended_at is null
  join sessions s on s.session_id = f.session_id`;
const held: readonly Held[] = [
  { table: 'sessions', join: 'join sessions s on s.session_id = t.session_id', where: '' },
  {
    table: 'families',
    join: 'join sessions s on s.session_id = t.session_id',
    where: 'and t.bound and t.ended_at is null',
  },
  { table: 'refresh_tokens', join: bound, where: '' },
  { table: 'access_tokens', join: bound, where: '' },
];

/**
 * What live sessions keep, by how long they have been idle. Each table of more than 256 pages is sampled by itself,
 * page by page, and the numbers are estimates: what this costs does not grow with it. Bytes are those of the rows as
 * they are stored, without indexes and what pages leave empty.
 */
export async function sampleIdleHoldings(db: Queryable): Promise<IdleGroup[]> {
  const groups: IdleGroup[] = [];
  for (const one of held) groups.push(...(await sampleTable(db, one)));
  return groups;
}

async function sampleTable(db: Queryable, { table, join, where }: Held): Promise<IdleGroup[]> {
  const [size] = await db.query<{ pages: number }>({
    name: `idle_pages_${table}`,
    text: `select pg_relation_size('${table}')::float8 / current_setting('block_size')::float8 as pages`,
  });
  const share = Math.min(1, mostPages / Math.max(1, size?.pages ?? 1));
  const groups = await db.query<Omit<IdleGroup, 'sessions'>>(
    {
      name: `idle_sample_${table}`,
      text: `
        select roles, client_ids as "clientIds", idle as "idleMinutes", count(*)::float8 as rows,
          sum(bytes)::float8 as bytes
        from (
          select s.client_ids, pg_column_size(t.*) as bytes,
            greatest(0, floor(extract(epoch from (select curfew_now()) - s.last_activity_at) / 60))::float8 as idle,
            array(select r.role from account_roles r where r.account_id = s.account_id order by r.role) as roles
          from ${table} t tablesample system ($1) ${join}
          where s.ended_at is null and s.started_at is not null ${where}) live
        group by roles, client_ids, idle`,
    },
    [100 * share],
  );
  return groups.map((group) => {
    const rows = group.rows / share;
    return { ...group, rows, bytes: group.bytes / share, sessions: table === 'sessions' ? rows : 0 };
  });
}
