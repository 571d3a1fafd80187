import type { Queryable } from './database.ts';

/** What the ends are told apart by, beside policy and reason. */
export type TimeoutKey = 'policy' | 'client' | 'role';

/** Ends by one limit of one policy. */
export interface TimeoutGroup {
  reason: string;
  /** Undefined for ends of a lease whose policy is gone from the trail. */
  policy: string | null;
  policyVersion: number | null;
  /** Seconds. */
  limit: number | null;
  /** A client or a role, where they are told apart; null: an account without roles. */
  key: string | null;
  ends: number;
  /** Followed by a sign-in of the same account for the same client. */
  premature: number;
  /** Seconds for which the limit would have had to last, to avoid 95 of 100 of those; null: there is none. */
  needed: number | null;
}

export interface TimeoutQuestion {
  /** How far back, in seconds. */
  since: number;
  /** Within how many seconds after the end a sign-in counts. */
  within: number;
  by: TimeoutKey;
}

/**
 * Refresh-token families that a limit ended, and how many of their users were back soon after. What the
 * limit would have had to be is the time from what it counted from to that sign-in. Roles are those of now.
 */
export async function listTimeouts(
  db: Queryable,
  { since, within, by }: TimeoutQuestion,
): Promise<TimeoutGroup[]> {
  return await db.query<TimeoutGroup>(
    {
      name: 'trail_timeouts',
      text: `
        with ends as materialized (
          select event_id, account_id, client_id, detail ->> 'reason' as reason, detail ->> 'policy' as policy,
            (detail ->> 'policy_version')::integer as policy_version, (detail ->> 'limit')::integer as seconds,
            (detail ->> 'ended_at')::timestamptz as ended_at
          from audit_events
          where name = 'family.ended' and detail ->> 'reason' in ('idle_timeout', 'absolute_timeout', 'lease_over')
            and occurred_at >= curfew_now() - make_interval(secs => $1)),
        returns as materialized (
          select account_id, client_id, occurred_at from audit_events
          where name = 'sign_in.succeeded' and occurred_at >= curfew_now() - make_interval(secs => $1)),
        judged as (
          select e.event_id, e.account_id, e.client_id, e.reason, e.policy, e.policy_version, e.seconds,
            extract(epoch from min(r.occurred_at) - e.ended_at)::float8 + e.seconds as needed
          from ends e left join returns r
            on r.account_id = e.account_id and r.client_id = e.client_id
            and r.occurred_at >= e.ended_at and r.occurred_at <= e.ended_at + make_interval(secs => $2)
          group by e.event_id, e.account_id, e.client_id, e.reason, e.policy, e.policy_version, e.seconds, e.ended_at)
        select reason, policy, policy_version as "policyVersion", seconds as "limit", keyed.key,
          count(*)::float8 as ends, count(needed)::float8 as premature,
          percentile_disc(0.95) within group (order by needed) as needed
        from judged
        left join lateral (
          select client_id as key where $3 = 'client'
          union all select role from account_roles a where $3 = 'role' and a.account_id = judged.account_id
        ) keyed on true
        group by reason, policy, policy_version, seconds, keyed.key
        order by policy, policy_version, reason, seconds, keyed.key`,
    },
    [since, within, by],
  );
}
