import type { FamilyFacts } from '../domain/facts.ts';
import type { Queryable } from './database.ts';
import { familyColumns, readFamily } from './facts_sql.ts';
import type { FamilyRow } from './facts_sql.ts';

/** An open family that was allowed a lease; whether that still runs, the limits in force decide. */
export interface LeasedFamily {
  family: FamilyFacts;
  username: string;
  roles: readonly string[];
}

/** The families with leases, oldest first; of one account where that is given. */
export async function listLeases(db: Queryable, accountId?: string): Promise<LeasedFamily[]> {
  const rows = await db.query<FamilyRow & { username: string; roles: string[] }>(
    {
      name: 'leases_open',
      text: `select ${familyColumns}, a.username,
               array(select r.role from account_roles r where r.account_id = a.account_id order by r.role) as roles
             from families f join accounts a on a.account_id = f.account_id
             where f.ended_at is null and f.lease_seconds is not null and ($1::text is null or f.account_id = $1)
             order by f.started_at, f.family_id`,
    },
    [accountId ?? null],
  );
  return rows.map((row) => ({ family: readFamily(row), username: row.username, roles: row.roles }));
}
