import type { UsageGroup, UsageMeasure } from '../domain/usage.ts';
import type { Queryable } from './database.ts';

export type UsageKey = 'policy' | 'client' | 'role';

/** A sum over days, and over all groups that the question does not tell apart. */
export interface UsageLine extends Omit<UsageGroup, 'clientId' | 'roles'> {
  /** A client or a role, where they are told apart; null: a session's, or an account without roles. */
  key: string | null;
  measure: UsageMeasure;
  bucket: number;
  count: number;
  seconds: number;
}

/** What the days since so many seconds ago add up to; the first day counts whole. */
export async function listUsage(db: Queryable, since: number, by: UsageKey): Promise<UsageLine[]> {
  return await db.query<UsageLine>(
    {
      name: 'usage_lines',
      text: `
        with sums as materialized (
          select group_id, measure, bucket, sum(count)::float8 as count, sum(seconds) as seconds from usage_days
          where day >= ((curfew_now() - make_interval(secs => $1)) at time zone 'UTC')::date
          group by group_id, measure, bucket)
        select of, field, policy, policy_version as "policyVersion", limit_seconds as "limit", keyed.key, measure,
          bucket::float8 as bucket, sum(count) as count, sum(seconds) as seconds
        from sums join usage_groups g using (group_id)
        left join lateral (
          select nullif(g.client_id, '') as key where $2 = 'client'
          union all select unnest(g.roles) where $2 = 'role') keyed on true
        group by of, field, policy, policy_version, limit_seconds, keyed.key, measure, bucket
        order by policy, policy_version, of, field, limit_seconds, keyed.key, measure, bucket`,
    },
    [since, by],
  );
}
