import type { UsageGroup, UsageMeasure } from '../domain/usage.ts';
import type { Queryable } from './database.ts';

export type UsageKey = 'policy' | 'client' | 'role';

/** Which days, which measures, and what is told apart beside policies and limits. */
export interface UsageSelection {
  /** The first day and the last one, `YYYY-MM-DD` in UTC; see `findUsagePeriod`. */
  period: UsagePeriod;
  by: UsageKey;
  /** Measures of which every bucket counts, and those of which only the sum does. */
  bucketed: readonly UsageMeasure[];
  summed: readonly UsageMeasure[];
  /** One policy alone. */
  policy?: string | undefined;
}

export interface UsagePeriod {
  from: string;
  to: string;
  /** The days are those that `usage_recent` holds in one line. */
  isRecent: boolean;
}

/** A sum over days, and over all groups that the question does not tell apart. */
export interface UsageLine extends Omit<UsageGroup, 'clientId' | 'roles'> {
  /** A client or a role, where they are told apart; null: a session's, or an account without roles. */
  key: string | null;
  measure: UsageMeasure;
  /** 0: all buckets together, of a measure of which only the sum was asked for. */
  bucket: number;
  count: number;
  seconds: number;
}

/** From so many seconds ago until today; the first day counts whole. */
export async function findUsagePeriod(db: Queryable, since: number): Promise<UsagePeriod> {
  const [row] = await db.query<UsagePeriod>(
    {
      name: 'usage_period',
      text: `
        select span.first::text as "from", span.last::text as "to",
          coalesce(p.recent_from = span.first, false) as "isRecent"
        from usage_progress p, lateral (
          select ((curfew_now() - make_interval(secs => $1)) at time zone 'UTC')::date as first,
            (curfew_now() at time zone 'UTC')::date as last) span`,
    },
    [since],
  );
  if (!row) throw new Error('There is no row of usage_progress.');
  return row;
}

/** What the days add up to, in the order of policies, versions and limits. */
export async function listUsage(db: Queryable, selection: UsageSelection): Promise<UsageLine[]> {
  const { period, by, bucketed, summed, policy = null } = selection;
  const which = [by, [...bucketed, ...summed], bucketed, policy];
  return period.isRecent
    ? await db.query<UsageLine>({ name: 'usage_lines_recent', text: sumUp('usage_recent', 'true') }, which)
    : await db.query<UsageLine>({ name: 'usage_lines', text: sumUp('usage_days', 'day between $5 and $6') }, [
        ...which,
        period.from,
        period.to,
      ]);
}

/** The few kinds of groups are ranked first, so that of the many lines only numbers are compared. */
const sumUp = (table: 'usage_days' | 'usage_recent', isAsked: string) => `
  with ranked as materialized (
    select g.group_id, g.of, g.field, g.policy, g.policy_version, g.limit_seconds, keyed.key,
      dense_rank() over (order by policy, policy_version, of, field, limit_seconds, keyed.key) as rank
    from usage_groups g
    left join lateral (
      select nullif(g.client_id, '') as key where $1 = 'client'
      union all select unnest(g.roles) where $1 = 'role') keyed on true
    where $4::text is null or g.policy = $4),
  sums as materialized (
    select rank, measure, case when measure = any($3) then bucket else 0 end as place,
      sum(count)::float8 as count, sum(seconds) as seconds
    from ${table} join ranked using (group_id)
    where measure = any($2) and ${isAsked}
    group by rank, measure, place)
  select of, field, policy, policy_version as "policyVersion", limit_seconds as "limit", key, measure,
    place::float8 as bucket, count, seconds
  from sums join (select distinct on (rank) * from ranked order by rank) named using (rank)
  order by rank, measure, place`;
