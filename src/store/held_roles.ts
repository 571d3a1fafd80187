import type { Queryable } from './database.ts';

/**
 * Those of `roles` that at least one enabled account has. People of a role are looked at one after another in the order of
 * the index, until one is enabled: a plan that joins the tables would read them all.
 */
export async function findHeldRoles(db: Queryable, roles: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ role: string }>(
    {
      name: 'roles_held',
      text: `
        select asked.role from unnest($1::text[]) as asked (role)
        cross join lateral (
          select from account_roles held
          where held.role = asked.role and exists (
            select from accounts a
            where a.account_id = held.account_id and a.disabled_at is null and a.deleted_at is null offset 0)
          order by held.role, held.account_id limit 1) first`,
    },
    [roles],
  );
  return new Set(rows.map(({ role }) => role));
}
