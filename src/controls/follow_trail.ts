import type { Asked } from './asked.ts';

/** So many events of the trail are looked at in one statement. */
const mostEvents = 5000;

/** Seconds by which the trail is followed later: an end is found, and what changes limits is committed, by then. */
const behind = 60;

/**
 * Look at what the next seals cover: whether a token was given after the recorded end of its family, or with a
 * scope whose role was gone. Each event is looked at once. Returns whether there may be more.
 */
export async function followTrail(asked: Asked): Promise<boolean> {
  const [row] = await asked.query<{ isFurther: boolean }>({
    name: 'control_trail',
    text: `
      with run as materialized (select seal_number as after, curfew_now() as now from control_runs),
      next as materialized (
        select seal_number, sum(event_count) over w as events, row_number() over w as place
        from (select s.seal_number, s.event_count from audit_seals s, run r
              where s.seal_number > r.after and s.sealed_at <= r.now - interval '${behind} seconds'
              order by s.seal_number limit 1000) s
        window w as (order by seal_number)),
      stop as materialized (select max(seal_number) as at from next where events <= ${mostEvents} or place = 1),
      given as materialized (
        select e.event_id, e.occurred_at as at, e.name, e.account_id, e.session_id, e.family_id, e.detail
        from run r, audit_seals s cross join lateral unnest(s.event_ids) u (event_id)
        join audit_events e on e.event_id = u.event_id
          and e.occurred_at >= s.month::timestamp at time zone 'UTC'
          and e.occurred_at < (s.month + interval '1 month') at time zone 'UTC'
        where s.seal_number > r.after and s.seal_number <= (select at from stop)
          and e.name in ('code.exchanged', 'session.extended', ${refreshes})),
      found as (${usedAfterEnd} union ${scopeOutlivedRole}),
      noted as (
        insert into control_findings (kind, subject_id) select kind, event_id::text from found on conflict do nothing),
      moved as (
        update control_runs set seal_number = (select at from stop) where (select at from stop) is not null)
      select (select at from stop) is not null as "isFurther"`,
  });
  return row?.isFurther ?? false;
}

const refreshes = `'refresh.granted', 'refresh.downscoped', 'refresh.retried'`;

/** What may have moved limits around an end: then its moment says nothing about what was given before it was found. */
const isMoved = `
  exists (select from configuration_versions v
          where v.made_at > f.ended_at - interval '10 minutes' and v.made_at <= f.end_found_at)
  or exists (select from audit_events m where m.account_id = f.account_id and m.name = 'account.roles_changed'
             and m.occurred_at > f.ended_at - interval '10 minutes' and m.occurred_at <= f.end_found_at)`;

/**
 * Of the recorded ends two moments are known: when a limit passed, and when that was stored. Nothing is given after
 * the second; after the first neither, unless limits became shorter meanwhile.
 */
const usedAfterEnd = `
  select 'used_after_end' as kind, g.event_id from given g join families f on f.family_id = g.family_id
  where f.ended_at is not null and (g.at > f.end_found_at or (
    not f.bound and g.at > f.ended_at and g.name in (${refreshes})
    and f.end_reason in ('idle_timeout', 'absolute_timeout', 'lease_over') and not (${isMoved})))
  union
  select 'used_after_end', g.event_id from given g join sessions s on s.session_id = g.session_id
  left join families f on f.family_id = g.family_id
  where g.at > s.end_found_at and (g.name = 'session.extended' or f.bound)`;

/** Where role or scope changed around that moment, nothing is said: the next refresh is looked at as well. */
const scopeOutlivedRole = `
  select 'scope_outlived_role', g.event_id
  from given g join families f on f.family_id = g.family_id
  cross join lateral (
    select jsonb_array_elements_text(coalesce(g.detail -> 'scopes', to_jsonb(f.scopes))) as name) given_scope
  join scopes c on c.name = given_scope.name
  where g.name in (${refreshes}) and c.roles is not null
    and not exists (select from account_roles r where r.account_id = g.account_id and r.role = any(c.roles))
    and not exists (
      select from audit_events m where m.account_id = g.account_id and m.name = 'account.roles_changed'
        and m.occurred_at > g.at - interval '1 minute')
    and not exists (
      select from configuration_changes k join configuration_versions v on v.version = k.version
      where k.section = 'scopes' and k.name = c.name and v.made_at > g.at - interval '1 minute')`;
