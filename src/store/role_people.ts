import type { Database } from './database.ts';

/**
 * How many accounts have each of these roles, counted to `most`. Only so many entries of the index are read, whatever
 * the planner makes of its statistics: a role of a few among millions would have it read them all.
 */
export async function countRolePeople(
  database: Database,
  roles: readonly string[],
  most: number,
): Promise<Map<string, number>> {
  const rows = await database.transaction(async (tx) => {
    await tx.query({
      name: 'role_people_by_index',
      text: `select set_config(name, 'off', true) from unnest('{enable_seqscan,enable_bitmapscan}'::text[]) as scans (name)`,
    });
    return await tx.query<{ role: string; people: number }>(
      {
        name: 'role_people_count',
        text: `
          select asked.role, (
            select count(*)::float8 from (
              select from account_roles held where held.role = asked.role limit $2) counted) as people
          from unnest($1::text[]) as asked (role)`,
      },
      [roles, most],
    );
  });
  return new Map(rows.map(({ role, people }) => [role, people]));
}
