import type { FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';
import { familyColumns, readFamily, readSession, sessionColumns } from './facts_sql.ts';
import type { FamilyRow, SessionRow } from './facts_sql.ts';

interface Owner {
  username: string;
  roles: readonly string[];
  now: Instant;
}

/** Which open sessions and families: of one account, or those of this id, or all; at most `most` of each. */
export interface LiveFilter {
  accountId?: string | undefined;
  id?: string | undefined;
  most: number;
}

const ownerColumns = `a.username, to_micros(curfew_now()) as now,
  array(select r.role from account_roles r where r.account_id = a.account_id order by r.role) as roles`;

/** Sessions that nothing has ended yet, with their owners, the most recently active first. */
export async function listLiveSessions(
  db: Queryable,
  { accountId, id, most }: LiveFilter,
): Promise<(Owner & { session: SessionFacts; address: string | undefined })[]> {
  const rows = await db.query<SessionRow & Owner & { address: string | null }>(
    {
      name: 'live_sessions',
      text: `select ${sessionColumns}, ${ownerColumns}, s.address
             from sessions s join accounts a on a.account_id = s.account_id
             where s.ended_at is null and ($1::text is null or s.account_id = $1)
               and ($2::text is null or s.session_id = $2)
             order by s.last_activity_at desc limit $3`,
    },
    [accountId ?? null, id ?? null, most],
  );
  return rows.flatMap((row) => {
    const session = readSession(row);
    const { username, roles, now, address } = row;
    return session ? [{ session, username, roles, now, address: address ?? undefined }] : [];
  });
}

/** Likewise families, with the sessions that they are bound to. */
export async function listLiveFamilies(
  db: Queryable,
  { accountId, id, most }: LiveFilter,
): Promise<(Owner & { family: FamilyFacts; session: SessionFacts | undefined })[]> {
  const rows = await db.query<FamilyRow & Partial<SessionRow> & Owner>(
    {
      name: 'live_families',
      text: `select ${familyColumns}, ${sessionColumns}, ${ownerColumns}
             from families f join accounts a on a.account_id = f.account_id
             left join sessions s on s.session_id = f.session_id
             where f.ended_at is null and ($1::text is null or f.account_id = $1)
               and ($2::text is null or f.family_id::text = $2 or f.session_id = $2)
             order by f.last_activity_at desc limit $3`,
    },
    [accountId ?? null, id ?? null, most],
  );
  return rows.map((row) => {
    const { username, roles, now } = row;
    return { family: readFamily(row), session: readSession(row), username, roles, now };
  });
}
