import { randomBytes } from 'node:crypto';
import { hashToken } from '../../src/credentials/token_hash.ts';
import type { Cluster } from '../support/cluster.ts';

/**
 * Copy the one family there is, with an account, a session and a grant of its own for each copy, and
 * return the copies' refresh tokens. Ids inside of payloads are replaced too.
 */
export async function seedFamilies(cluster: Pick<Cluster, 'asOwner'>, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(32).toString('base64url'));
  await cluster.asOwner(copyFamily, [tokens.map(hashToken)]);
  await cluster.asOwner('vacuum analyze');
  return tokens;
}

const withNewIds = `replace(replace(replace(t.row::text, x.account_id, n.account_id), x.session_id, n.session_id),
  x.grant_id, n.grant_id)::jsonb`;

/** Insert a copy of a row for each new family: the columns that `changed` names, all others as they are. */
const copy = (table: string, source: string, changed: string) => `
  insert into ${table}
    select r.* from new_ids n, template x,
      lateral (select to_jsonb(o) as row from ${table} o where ${source}) t,
      lateral jsonb_populate_record(null::${table}, ${withNewIds} || jsonb_build_object(${changed})) r`;

/** As the sweeper leaves them that has looked at them: its first look at so many would be in the way. */
const times = `'started_at', curfew_now(), 'last_activity_at', curfew_now(), 'check_at', curfew_now() + interval '1 hour'`;
const copyFamily = `
  with template as (select * from families order by started_at limit 1),
  new_ids as materialized (
    select token_hash, gen_random_uuid()::text as account_id, gen_random_uuid()::text as session_id,
      gen_random_uuid()::text as grant_id, uuidv7() as family_id
    from unnest($1::bytea[]) as token_hash
  ),
  accounts_copied as (${copy('accounts', 'o.account_id = x.account_id', `'username', n.account_id`)}),
  roles_copied as (${copy('account_roles', 'o.account_id = x.account_id', '')}),
  sessions_copied as (${copy(
    'sessions',
    'o.session_id = x.session_id',
    `'cookie_hash', n.token_hash, ${times}`,
  )}),
  grants_copied as (${copy('grants', 'o.grant_id = x.grant_id', '')}),
  families_copied as (${copy(
    'families',
    'o.family_id = x.family_id',
    `'family_id', n.family_id, 'oldest_token_hash', n.token_hash, ${times}`,
  )})
  insert into refresh_tokens (token_hash, family_id, issued_at)
    select token_hash, family_id, curfew_now() from new_ids`;
