import type { Queryable } from './database.ts';

/** Live sessions alike in what rules them. */
export interface LiveGroup {
  roles: string[];
  clientIds: string[];
  count: number;
}

/** So many pages of the table are read at most. */
const mostPages = 256;
const mostCounted = 10_000;

/**
 * How many sessions are live, by roles and clients. A table of more than 256 pages is sampled, page by page, and the
 * numbers are estimates: what this costs does not grow with it.
 */
export async function sampleLiveSessions(db: Queryable): Promise<LiveGroup[]> {
  const [size] = await db.query<{ pages: number }>({
    name: 'sessions_pages',
    text: `select pg_relation_size('sessions')::float8 / current_setting('block_size')::float8 as pages`,
  });
  const share = Math.min(1, mostPages / Math.max(1, size?.pages ?? 1));
  const groups = await db.query<LiveGroup>(
    {
      name: 'sessions_sample',
      text: `select roles, client_ids as "clientIds", count(*)::float8 as count from (
               select s.client_ids, array(
                 select r.role from account_roles r where r.account_id = s.account_id order by r.role) as roles
               from sessions s tablesample system ($1)
               where s.ended_at is null and s.started_at is not null) live
             group by roles, client_ids`,
    },
    [100 * share],
  );
  return groups.map((group) => ({ ...group, count: Math.round(group.count / share) }));
}

/** What waits in the outbox and what is kept there for good, counted to 10,000 each. */
export async function measureOutbox(
  db: Queryable,
): Promise<{ waiting: number; oldestSeconds: number; undeliverable: number }> {
  const [row] = await db.query<{ waiting: number; oldestSeconds: number; undeliverable: number }>({
    name: 'outbox_measure',
    text: `select
      (select count(*)::float8 from (select from notices where dead_at is null limit ${mostCounted}) w) as waiting,
      (select count(*)::float8 from (select from notices where dead_at is not null limit ${mostCounted}) d) as undeliverable,
      coalesce((select extract(epoch from curfew_now() - queued_at)::float8 from notices
        where dead_at is null order by queued_at limit 1), 0) as "oldestSeconds"`,
  });
  return row ?? { waiting: 0, oldestSeconds: 0, undeliverable: 0 };
}
