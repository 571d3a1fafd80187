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
  /** One policy alone; undefined: all. */
  policy?: string | undefined;
}

export interface UsagePeriod {
  from: string;
  to: string;
  /**
   * `usage_recent` holds the days from this one until today in one line, and fewer days lie between it and `from` than
   * from `from` on: those are added to it, or taken off. null: the days themselves are read.
   */
  recentFrom: string | null;
}

/** Sums over days, and over all groups that the question does not tell apart, of one measure. */
export interface UsageLine extends Omit<UsageGroup, 'clientId' | 'roles'> {
  /** A client or a role, where they are told apart; null: a session's, or an account without roles. */
  key: string | null;
  measure: UsageMeasure;
  /** Bucket, count and seconds, the shortest first; bucket 0 for all, where only the sum was asked for. */
  buckets: [bucket: number, count: number, seconds: number][];
}

/** From so many seconds ago until today; the first day counts whole. */
export async function findUsagePeriod(db: Queryable, since: number): Promise<UsagePeriod> {
  const [row] = await db.query<UsagePeriod>(
    {
      name: 'usage_period',
      text: `
        select span.first::text as "from", span.last::text as "to",
          case when abs(p.recent_from - span.first) < span.last - span.first then p.recent_from::text end as "recentFrom"
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
  const which = [[...bucketed, ...summed], bucketed, policy];
  const { from, to, recentFrom } = period;
  if (recentFrom === from && by === 'policy')
    return await db.query<UsageLine>({ name: 'usage_lines_policies', text: sumOfPolicies }, which);
  if (recentFrom === from)
    return await db.query<UsageLine>({ name: 'usage_lines_recent', text: sumUp('usage_recent') }, [
      ...which,
      by,
    ]);
  if (recentFrom !== null)
    return await db.query<UsageLine>({ name: 'usage_lines_shifted', text: sumUp(shifted) }, [
      ...which,
      by,
      from,
      recentFrom,
    ]);
  return await db.query<UsageLine>({ name: 'usage_lines', text: sumUp(daysAlone) }, [...which, by, from, to]);
}

const daysAlone = `(select * from usage_days where day between $5 and $6)`;

/** The sums of the recent days, and the few between them and those that are asked for: more, or too many. */
const shifted = `(
  select group_id, measure, bucket, count, seconds from usage_recent
  union all
  select group_id, measure, bucket, count, seconds from usage_days where day >= $5::date and day < $6::date
  union all
  select group_id, measure, bucket, -count, -seconds from usage_days where day >= $6::date and day < $5::date)`;

const place = 'case when measure = any($2) then bucket else 0 end';
const buckets = `json_agg(json_build_array(place, count, seconds) order by place) as buckets`;

const sumOfPolicies = `
  select of, field, policy, policy_version as "policyVersion", limit_seconds as "limit", null as key, measure, ${buckets}
  from (
    select of, field, policy, policy_version, limit_seconds, measure, ${place} as place,
      sum(count)::bigint as count, sum(seconds) as seconds
    from usage_recent_policies where measure = any($1) and ($3::text is null or policy = $3)
    group by of, field, policy, policy_version, limit_seconds, measure, place) sums
  group by of, field, policy, policy_version, limit_seconds, measure
  order by policy, policy_version, of, field, limit_seconds, measure`;

/** The few kinds of groups are ranked first, so that of the many lines only numbers are compared. */
const sumUp = (counted: string) => `
  with ranked as materialized (
    select g.group_id, g.of, g.field, g.policy, g.policy_version, g.limit_seconds, keyed.key,
      dense_rank() over (order by policy, policy_version, of, field, limit_seconds, keyed.key) as rank
    from usage_groups g
    left join lateral (
      select nullif(g.client_id, '') as key where $4 = 'client'
      union all select unnest(g.roles) where $4 = 'role') keyed on true
    where $3::text is null or g.policy = $3),
  sums as materialized (
    select rank, measure, ${place} as place, sum(count)::bigint as count, sum(seconds) as seconds
    from ${counted} counted join ranked using (group_id)
    where measure = any($1)
    group by rank, measure, place
    having sum(count) > 0),
  lines as materialized (select rank, measure, ${buckets} from sums group by rank, measure)
  select of, field, policy, policy_version as "policyVersion", limit_seconds as "limit", key, measure, buckets
  from lines join (select distinct on (rank) * from ranked order by rank) named using (rank)
  order by rank, measure`;
