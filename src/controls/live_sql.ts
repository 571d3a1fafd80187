import { limitsSql, rolesSql } from './limits_sql.ts';

/** How a table of what lives is judged. */
export interface LiveTable {
  /** Its open rows, as `t`, with their id as text and `check_at`. */
  open: string;
  id: string;
  /** Of the ids `$2`. */
  among: string;
  /** Common table expressions from `page`, some of those rows, to `judged`: id and kind of a finding, or null. */
  judged: string;
}

const sessions: LiveTable = {
  id: 't.session_id',
  among: 't.session_id = any($2::text[])',
  open: 'sessions t where t.ended_at is null and t.account_id is not null and t.started_at is not null',
  judged: `
    facts as materialized (
      select t.session_id as id, t.started_at, t.last_activity_at, ${rolesSql} as roles, t.client_ids as clients,
        a.disabled_at is not null or a.deleted_at is not null as is_barred
      from page t join accounts a on a.account_id = t.account_id),
    ${limitsSql(`select distinct roles, clients, '{}'::text[] as resources, '{}'::text[] as scopes from facts`)},
    judged as materialized (
      select f.id, case
        when f.is_barred then 'barred_session'
        when c.now >= least(f.started_at + l.session_absolute, f.last_activity_at + l.session_idle)
          then 'session_past_limit'
      end as kind
      from clock c, facts f join limits l on (l.roles, l.clients) = (f.roles, f.clients))`,
};

const families: LiveTable = {
  id: 't.family_id::text',
  among: 't.family_id = any($2::uuid[])',
  open: 'families t where t.ended_at is null',
  judged: `
    facts as materialized (
      select t.family_id::text as id, t.bound, t.started_at, t.last_activity_at, t.lease_seconds,
        ${rolesSql} as roles, array[t.client_id] as clients, t.resources, t.scopes,
        a.disabled_at is not null or a.deleted_at is not null or c.client_id is null or c.disabled_at is not null
          as is_barred,
        s.session_id, s.started_at as session_started_at, s.last_activity_at as session_active_at,
        s.ended_at as session_ended_at, coalesce(s.client_ids, '{}') as session_clients
      from page t join accounts a on a.account_id = t.account_id
      left join clients c on c.client_id = t.client_id
      left join sessions s on t.bound and s.session_id = t.session_id),
    ${limitsSql(`
      select roles, clients, resources, scopes from facts
      union select roles, session_clients, '{}'::text[], '{}'::text[] from facts where bound`)},
    judged as materialized (
      select f.id, case
        when f.is_barred then 'barred_family'
        when f.bound and (f.session_id is null or f.session_ended_at is not null) then 'family_outlived_session'
        when c.now >= least(m.absolute_end, m.session_end) then 'family_past_limit'
        when c.now < greatest(m.idle_end, m.lease_end) then null
        when m.lease_end >= m.idle_end then 'lease_past_end'
        else 'family_past_limit'
      end as kind
      from clock c, facts f
      join limits own on (own.roles, own.clients, own.resources, own.scopes) = (f.roles, f.clients, f.resources, f.scopes)
      left join limits bond on f.bound
        and (bond.roles, bond.clients, bond.resources, bond.scopes) = (f.roles, f.session_clients, '{}', '{}')
      cross join lateral (select
        f.started_at + own.refresh_absolute as absolute_end,
        greatest(f.last_activity_at, f.session_active_at) + least(own.refresh_idle, bond.session_idle) as idle_end,
        case when not f.bound and f.lease_seconds is not null and own.lease_max > interval '0'
          then f.started_at + least(make_interval(secs => f.lease_seconds), own.lease_max) end as lease_end,
        least(f.session_started_at + bond.session_absolute, f.session_active_at + bond.session_idle) as session_end) m)`,
};

export const liveTables = { sessions, families } as const;
export type Live = keyof typeof liveTables;
