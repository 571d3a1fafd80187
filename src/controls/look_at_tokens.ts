import type { Asked } from './asked.ts';
import { pageSize } from './look_at_live.ts';
import type { Place } from './look_at_live.ts';

/** What a server's clock may be off, in seconds: the moment of issue is by that. */
const slack = 60;

/**
 * Look at the page of live access tokens after `place`, in the order in which they expire: one that was issued after
 * the end of its family, or of the session it hangs on alone, is noted under their id. Undefined where that was all.
 */
export async function lookAtTokens(asked: Asked, place: Place): Promise<Place | undefined> {
  const [row] = await asked.query<{ count: number; at: string; id: string }>(
    {
      name: 'control_page_access_tokens',
      text: `
        with clock as materialized (select curfew_now() as now),
        page as materialized (
          select t.expires_at, encode(t.token_hash, 'hex') as id, t.family_id, t.session_id,
            (t.payload ->> 'iat')::float8 as issued
          from access_tokens t
          where t.expires_at >= greatest($1::timestamptz, (select now from clock))
            and (t.expires_at > $1::timestamptz or encode(t.token_hash, 'hex') collate "C" > $2)
          order by t.expires_at, encode(t.token_hash, 'hex') collate "C" limit ${pageSize}),
        noted as (
          insert into control_findings (kind, subject_id)
          select distinct 'used_after_end', coalesce(t.family_id::text, t.session_id)
          from page t left join families f on f.family_id = t.family_id
          left join sessions s on t.family_id is null and s.session_id = t.session_id
          where to_timestamp(t.issued) > coalesce(f.end_found_at, s.end_found_at) + interval '${slack} seconds'
          on conflict do nothing)
        select (select count(*)::float8 from page) as count, expires_at::text as at, id
        from page order by expires_at desc, id collate "C" desc limit 1`,
    },
    [place.at, place.id],
  );
  return row && row.count === pageSize ? { at: row.at, id: row.id } : undefined;
}
