import type { Queryable } from './database.ts';

/** Those of `roles` that at least one enabled account has. */
export async function findHeldRoles(db: Queryable, roles: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ role: string }>(
    {
      name: 'roles_held',
      text: `
        select asked.role from unnest($1::text[]) as asked (role)
        where exists (select from account_roles held join accounts a using (account_id)
          where held.role = asked.role and a.disabled_at is null and a.deleted_at is null)`,
    },
    [roles],
  );
  return new Set(rows.map(({ role }) => role));
}
