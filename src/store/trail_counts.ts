import type { Queryable } from './database.ts';

/** So many events of one name and reason, so many whole days ago. */
export interface TrailCount {
  name: string;
  /** Of an end its reason, of a refusal its code; '' where the event gives none. */
  reason: string;
  daysAgo: number;
  count: number;
}

/** So many pages of the trail are read at most: 4 MiB. */
const mostPages = 512;

/**
 * How often events of these names happened in the last `days` days, by reason and day. Where the months in question
 * fill more than 512 pages they are sampled, page by page, and the numbers are estimates: what this costs does not
 * grow with the trail.
 */
export async function countTrail(
  db: Queryable,
  { names, days }: { names: readonly string[]; days: number },
): Promise<TrailCount[]> {
  const [size] = await db.query<{ since: string; pages: number }>(
    {
      name: 'trail_pages',
      text: `
        select since::text, (
          select coalesce(sum(pg_relation_size(part.relid)), 0)::float8 / current_setting('block_size')::float8
          from pg_partition_tree('audit_events') part join pg_class c on c.oid = part.relid
          where part.isleaf and (c.relname = 'audit_events_default'
            or c.relname >= 'audit_events_' || to_char(since at time zone 'UTC', 'YYYY_MM'))) as pages
        from (select curfew_now() - make_interval(days => $1) as since) asked`,
    },
    [days],
  );
  if (!size) return [];
  const share = Math.min(1, mostPages / Math.max(1, size.pages));
  const counts = await db.query<TrailCount>(
    {
      name: 'trail_counts',
      text: `
        select name, coalesce(detail ->> 'reason', detail ->> 'code', '') as reason,
          least($4 - 1, floor(extract(epoch from (select curfew_now()) - occurred_at) / 86400))::int as "daysAgo",
          count(*)::float8 as count
        from audit_events tablesample system ($1)
        where name = any($2) and occurred_at >= $3::timestamptz
        group by 1, 2, 3`,
    },
    [100 * share, names, size.since, days],
  );
  return counts.map((row) => ({ ...row, count: Math.round(row.count / share) }));
}
