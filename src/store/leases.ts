import type { FamilyFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import { familyColumns, readFamily } from './facts_sql.ts';
import type { FamilyRow } from './facts_sql.ts';

/** An open family that was allowed a lease; whether that still runs, the limits in force decide. */
export interface LeasedFamily {
  family: FamilyFacts;
  username: string;
  roles: readonly string[];
  now: Instant;
}

/** Which of them: of one account, or all; at most `most`, those behind `after`. */
export interface LeasePage {
  accountId?: string | undefined;
  after?: { startedAt: Instant; familyId: string } | undefined;
  most: number;
}

/** The families with leases, oldest first. */
export async function listLeases(
  db: Queryable,
  { accountId, after, most }: LeasePage,
): Promise<LeasedFamily[]> {
  const rows = await db.query<FamilyRow & { username: string; roles: string[]; now: Instant }>(
    {
      name: after ? 'leases_open_after' : 'leases_open',
      text: `select ${familyColumns}, a.username, to_micros(curfew_now()) as now,
               array(select r.role from account_roles r where r.account_id = a.account_id order by r.role) as roles
             from families f join accounts a on a.account_id = f.account_id
             where f.ended_at is null and f.lease_seconds is not null and ($1::text is null or f.account_id = $1)
               ${after ? 'and (f.started_at, f.family_id) > (from_micros($3), $4::uuid)' : ''}
             order by f.started_at, f.family_id limit $2`,
    },
    [accountId ?? null, most, ...(after ? [after.startedAt, after.familyId] : [])],
  );
  return rows.map((row) => ({
    family: readFamily(row),
    username: row.username,
    roles: row.roles,
    now: row.now,
  }));
}
