import type { FamilyFacts, SessionFacts } from '../domain/facts.ts';
import type { Queryable } from './database.ts';
import { familyColumns, readFamily, readSession, sessionColumns } from './facts_sql.ts';
import type { FamilyRow, SessionRow } from './facts_sql.ts';

/** From where somebody signed in: what the browser said of itself, and its address. */
export interface SeenFrom {
  userAgent?: string | undefined;
  address?: string | undefined;
}

interface SeenFromRow {
  user_agent: string | null;
  address: string | null;
}

/** The sessions of an account that nothing has ended yet, with where they come from. */
export async function listOwnSessions(
  db: Queryable,
  accountId: string,
): Promise<{ session: SessionFacts; from: SeenFrom }[]> {
  const rows = await db.query<SessionRow & SeenFromRow>(
    {
      name: 'own_sessions',
      text: `select ${sessionColumns}, s.user_agent, s.address from sessions s
             where s.account_id = $1 and s.ended_at is null`,
    },
    [accountId],
  );
  return rows.flatMap((row) => {
    const session = readSession(row);
    return session ? [{ session, from: readSeenFrom(row) }] : [];
  });
}

/** Likewise its offline families, with the sign-in that each came from while that is still stored. */
export async function listOwnOfflineFamilies(
  db: Queryable,
  accountId: string,
): Promise<{ family: FamilyFacts; from: SeenFrom }[]> {
  const rows = await db.query<FamilyRow & SeenFromRow>(
    {
      name: 'own_offline_families',
      text: `select ${familyColumns}, s.user_agent, s.address
             from families f left join sessions s on s.session_id = f.session_id
             where f.account_id = $1 and f.ended_at is null and not f.bound`,
    },
    [accountId],
  );
  return rows.map((row) => ({ family: readFamily(row), from: readSeenFrom(row) }));
}

function readSeenFrom({ user_agent: userAgent, address }: SeenFromRow): SeenFrom {
  return { userAgent: userAgent ?? undefined, address: address ?? undefined };
}
