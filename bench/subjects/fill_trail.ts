import type { Cluster } from '../support/cluster.ts';

/** A session with its one family: a start, an exchange, twenty refreshes, and both ends by the idle limit. */
export const eventsOfSession = 24;
const sessionsAtOnce = 40_000;

/**
 * Fill the trail with so many sessions, as a server would have written it: each set lives three hours, one
 * after another; a refresh every five minutes, then none, and the end found two seconds late.
 */
export async function fillTrail(cluster: Cluster, sessions: number): Promise<void> {
  const sets = Math.ceil(sessions / sessionsAtOnce);
  for (let set = 0; set < sets; set += 1) {
    const count = Math.min(sessionsAtOnce, sessions - set * sessionsAtOnce);
    await cluster.asAdmin(fillSet, [set, sets, count]);
  }
  await cluster.asAdmin('vacuum analyze audit_events');
}

const iso = (moment: string) => `to_char((${moment}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const end = `jsonb_build_object('reason', 'idle_timeout', 'limit', 900, 'policy', 'default', 'policy_version', 0,
  'ended_at', ${iso(`begun + interval '7200 s'`)})`;

const fillSet = `
  insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, detail)
  select occurred_at, name, 'a' || number % 1000, case when step between 1 and 22 then 'shop' end, 's' || $1::integer || '-' || number,
    case when step between 1 and 22 then md5('f' || $1::integer || '-' || number)::uuid end,
    case when step = 0 then jsonb_build_object('started_at', ${iso('begun')}, 'active_at', ${iso('begun')})
         when step = 1 then jsonb_build_object('bound', true, 'active_at', ${iso('begun')}, 'scopes', '["openid"]'::jsonb,
                                               'resources', '[]'::jsonb)
         when step >= 22 then ${end} else '{}' end
  from (
    select number, step, begun,
      begun + make_interval(secs => case when step < 22 then step * 300 else 7202 end) as occurred_at,
      case step when 0 then 'session.started' when 1 then 'code.exchanged' when 22 then 'family.ended'
                when 23 then 'session.ended' else 'refresh.granted' end as name
    from generate_series(1, $3::integer) number cross join generate_series(0, 23) step
    cross join lateral (select date_trunc('hour', now()) - make_interval(hours => 3 * ($2::integer - $1::integer))
      + make_interval(secs => number % 3000) as begun) life) lives
  order by occurred_at, step`;
