const fields = [
  'access_token_ttl',
  'refresh_idle',
  'refresh_absolute',
  'session_idle',
  'session_absolute',
  'lease_max',
];

const effective = (field: string): string =>
  `make_interval(secs => coalesce(min((p.limits ->> '${field}')::float8), (d.limits ->> '${field}')::float8)) as ${field}`;

/**
 * Common table expressions that end in `limits`: for each of `subjects` (rows of roles, clients, resources and
 * scopes) the shortest that any of its policies sets, else that of `default`, as intervals. `$1` is what the
 * built-in `default` sets, as JSON. Names that the configuration does not know set nothing.
 */
export const limitsSql = (subjects: string): string => `
  policy as materialized (
    select name, case when name = 'default' then $1::jsonb || limits else limits end as limits from policies),
  fallback as materialized (
    select coalesce((select limits from policy where name = 'default'), $1::jsonb) as limits),
  limits as materialized (
    select s.roles, s.clients, s.resources, s.scopes, l.*
    from (${subjects}) s, fallback d, lateral (
      select ${fields.map(effective).join(',\n        ')}
      from policy p where p.name in (
        select r.policy from roles r where r.name = any(s.roles)
        union all select c.policy from clients c where c.client_id = any(s.clients)
        union all select r.policy from resources r where r.identifier = any(s.resources)
        union all select c.policy from scopes c where c.name = any(s.scopes))) l)`;

/** Of an account `a`. */
export const rolesSql = `array(select r.role from account_roles r where r.account_id = a.account_id order by r.role)`;
