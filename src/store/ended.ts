import type { Statement } from './database.ts';

/** So long the gate still knows why something ended; afterwards a token of it is one that nobody knows. */
const keptFor = `interval '30 days'`;

/**
 * Grants that nothing can use any more: another of the same account and client is newer, or the client is
 * gone, and neither an open family nor an open session holds it. The newest is the consent, and is remembered.
 */
const deleteUnusedGrants = (grantIds: string) => `
  delete from grants g where g.grant_id = any(array(${grantIds}))
    and (not exists (select from clients c where c.client_id = g.client_id)
      or exists (select from grants n where n.account_id = g.account_id and n.client_id = g.client_id
                 and (n.created_at, n.grant_id) > (g.created_at, g.grant_id)))
    and not exists (select from families f where f.grant_id = g.grant_id and f.ended_at is null)
    and not exists (select from sessions s where s.account_id = g.account_id and s.ended_at is null
                    and s.payload #>> array['authorizations', g.client_id, 'grantId'] = g.grant_id)`;

/**
 * $1 families with at most $2 tokens of each, the oldest first: a family that has more is left with the
 * rest, for the next batch. `offset 0` keeps each step of the chain one look into the index.
 */
export const deleteEndedFamilies: Statement = {
  name: 'ended_families',
  text: `
    with recursive gone as (
      select family_id, grant_id, oldest_token_hash from families
      where ended_at < (select curfew_now()) - ${keptFor}
      order by ended_at limit $1 for update skip locked
    ), chain as (
      select family_id, 1 as place, oldest_token_hash as token_hash,
        (select t.successor_hash from refresh_tokens t where t.token_hash = oldest_token_hash) as successor_hash
      from gone
      union all
      select c.family_id, c.place + 1, t.token_hash, t.successor_hash
      from chain c, lateral (select * from refresh_tokens t where t.token_hash = c.successor_hash offset 0) t
      where c.place < $2::integer
    ), rest as (
      select family_id, successor_hash from chain where place = $2 and successor_hash is not null
    ), deleted_tokens as (
      delete from refresh_tokens where token_hash = any(array(select token_hash from chain))
    ), shortened as (
      update families f set oldest_token_hash = r.successor_hash from rest r
      where f.family_id = any(array(select family_id from rest)) and f.family_id = r.family_id
    ), deleted_families as (
      delete from families where family_id = any(array(
        select family_id from gone where family_id not in (select family_id from rest)))
    ), deleted_grants as (${deleteUnusedGrants('select grant_id from gone')})
    select from gone`,
};

/** $1 sessions; one that an open family came from is looked at again when as much time has passed. */
export const deleteEndedSessions: Statement = {
  name: 'ended_sessions',
  text: `
    with gone as (
      select session_id, exists (select from families f where f.session_id = s.session_id and f.ended_at is null)
        as is_needed
      from sessions s
      where ended_at is not null and greatest(ended_at, check_at) < (select curfew_now()) - ${keptFor}
      order by greatest(ended_at, check_at) limit $1 for update skip locked
    ), put_off as (
      update sessions set check_at = curfew_now()
      where session_id = any(array(select session_id from gone where is_needed))
    ), deleted as (
      delete from sessions where session_id = any(array(select session_id from gone where not is_needed))
    )
    select from gone`,
};
