import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Asked } from './asked.ts';
import { limitsSql, rolesSql } from './limits_sql.ts';
import { pageSize } from './look_at_live.ts';
import type { Place } from './look_at_live.ts';

/** What a server's clock may be off, in seconds: a token expires by that. */
const slack = 60;

/**
 * Look at the page of live access tokens after `place`, in the order in which they expire, and note the family, or
 * the session where there is none, of one that was issued after the end of that, or lives longer than its limits let
 * it. Of the second nothing is said where limits changed since the issue. Undefined where that was all.
 */
export async function lookAtTokens(asked: Asked, place: Place): Promise<Place | undefined> {
  const [row] = await asked.query<{ count: number; at: string; id: string }>(
    {
      name: 'control_page_access_tokens',
      text: `
        with clock as materialized (select curfew_now() as now),
        page as materialized (
          select t.expires_at, encode(t.token_hash, 'hex') as id, t.family_id, t.session_id, t.issued_at
          from access_tokens t
          where t.expires_at >= greatest($2::timestamptz, (select now from clock))
            and (t.expires_at > $2::timestamptz or encode(t.token_hash, 'hex') collate "C" > $3)
          order by t.expires_at, encode(t.token_hash, 'hex') collate "C" limit ${pageSize}),
        facts as materialized (
          select t.expires_at, t.issued_at, f.family_id, f.account_id, f.started_at,
            ${rolesSql} as roles, array[f.client_id] as clients, f.resources, f.scopes
          from page t join families f on f.family_id = t.family_id join accounts a on a.account_id = f.account_id),
        ${limitsSql('select distinct roles, clients, resources, scopes from facts')},
        late as (
          select distinct 'used_after_end', coalesce(t.family_id::text, t.session_id)
          from page t left join families f on f.family_id = t.family_id
          left join sessions s on t.family_id is null and s.session_id = t.session_id
          where t.issued_at > coalesce(f.end_found_at, s.end_found_at) + interval '${slack} seconds'),
        long as (
          select distinct 'token_past_limit', f.family_id::text
          from clock c, facts f join limits l
            on (l.roles, l.clients, l.resources, l.scopes) = (f.roles, f.clients, f.resources, f.scopes)
          where f.expires_at > least(f.issued_at + l.access_token_ttl, f.started_at + l.refresh_absolute)
              + interval '${slack} seconds'
            and not exists (
              select from configuration_versions v
              where v.made_at > f.issued_at - interval '${slack} seconds' and v.made_at <= c.now)
            and not exists (
              select from audit_events m where m.account_id = f.account_id and m.name = 'account.roles_changed'
                and m.occurred_at > f.issued_at - interval '${slack} seconds')),
        noted as (
          insert into control_findings (kind, subject_id) select * from late union select * from long
          on conflict do nothing)
        select (select count(*)::float8 from page) as count, expires_at::text as at, id
        from page order by expires_at desc, id collate "C" desc limit 1`,
    },
    [JSON.stringify(builtInDefaultPolicy.limits), place.at, place.id],
  );
  return row && row.count === pageSize ? { at: row.at, id: row.id } : undefined;
}
