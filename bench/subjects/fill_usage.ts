import type { Cluster } from '../support/cluster.ts';

export interface UsageFill {
  sessions: number;
  /** Each is a role of its own, and rules its people at every client. */
  policies: number;
  clients: number;
  /** Sets of roles that people of one policy have. */
  roleSets: number;
  /** Idle limit of each policy, in seconds. */
  limit: number;
}

/** The recent days of the roll-ups: today and thirty before it. */
const days = 31;
const familiesPerSession = 1.2;

/**
 * Fill the days of the roll-ups with what a job would have counted of so many sessions and the families of their
 * apps, evenly over 31 days: durations in every bucket that people's would fall into, none where there is none.
 * Returns how many sessions and families are counted, and in how many lines.
 */
export async function fillUsage(
  cluster: Cluster,
  fill: UsageFill,
): Promise<{ spans: number; lines: number; bytes: number }> {
  const { policies, clients, roleSets, limit } = fill;
  await cluster.asAdmin(groupsSql, [policies, clients, roleSets, limit]);
  const sessionShare = fill.sessions / days / (policies * roleSets);
  const familyShare = (fill.sessions * familiesPerSession) / days / (policies * roleSets * clients);
  for (let daysAgo = days - 1; daysAgo >= 0; daysAgo -= 1)
    await cluster.asAdmin(daySql, [daysAgo, sessionShare, familyShare]);
  await cluster.asAdmin('vacuum analyze usage_days, usage_groups');
  const [filled] = await cluster.asAdmin<{ spans: number; lines: number; bytes: number }>(
    `select sum(count) filter (where measure = 'span')::float8 as spans, count(*)::float8 as lines,
       pg_total_relation_size('usage_days')::float8 as bytes from usage_days`,
  );
  return filled ?? { spans: 0, lines: 0, bytes: 0 };
}

const groupsSql = `
  insert into usage_groups (of, field, policy, policy_version, limit_seconds, client_id, roles)
  select kind.of, kind.field, 'policy-' || p, 1, $4::integer, case when c = 0 then '' else 'client-' || c end,
    case when r = 0 then array['role-' || p] else array['extra-' || r, 'role-' || p] end
  from (values ('session', 'session_idle', 0, 0), ('family', 'refresh_idle', 1, $2::integer)) kind (of, field, first, last)
  cross join generate_series(1, $1::integer) p cross join generate_series(0, $3::integer - 1) r
  cross join lateral generate_series(kind.first, kind.last) c`;

/** How often each is counted for one session, and around which bucket, how widely. */
const shapes = `(values ('span', 1.0, 64, 18), ('gap', 12.0, -10, 35), ('idle', 4.0, 20, 20), ('tail', 0.2, 20, 30),
  ('return', 0.8, 40, 20), ('gone', 0.2, 16, 0), ('end', 0.8, 16, 0), ('back', 0.8, 0, 40),
  ('background', 0.3, -10, 20), ('step_up', 0.02, -20, 10), ('workflow', 0.01, 60, 10), ('unrefreshed', 0.1, 20, 15),
  ('polling', 0.1, 30, 20), ('regular', 0.05, 60, 20), ('outlived', 0.01, 50, 30))
  shape (measure, per_session, middle, spread)`;

const daySql = `
  with shares as materialized (
    select measure, bucket::smallint, per_session * weight / sum(weight) over (partition by measure) as share
    from ${shapes} cross join generate_series(-112, 192) bucket
    cross join lateral (select case when spread = 0 then (bucket = middle)::integer
      else exp(-0.5 * ((bucket - middle)::float8 / spread) ^ 2) end as weight) weighed
    where weight > 1e-6)
  insert into usage_days (day, group_id, measure, bucket, count, seconds)
  select (curfew_now() at time zone 'UTC')::date - $1::integer, group_id, measure, bucket, count,
    count * 900 * 2 ^ ((bucket - 0.5) / 16)
  from usage_groups cross join shares
  cross join lateral (select floor(share * case of when 'session' then $2::float8 else $3::float8 end
    + random())::bigint as count) counted
  where count > 0 order by group_id, measure, bucket`;
