import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

export interface RecentProofs {
  now: Instant;
  /** The last one, of a sign-in or on an account page; null: never in this session. */
  passwordAt: Instant | null;
  factorAt: Instant | null;
}

/** When who holds this session last proved who they are; undefined: the session is gone or has ended. */
export async function findRecentProofs(db: Queryable, sessionId: string): Promise<RecentProofs | undefined> {
  const [row] = await db.query<RecentProofs>(
    {
      name: 'recent_proofs',
      text: `select to_micros(curfew_now()) as now,
               to_micros(greatest(password_at, reproved_password_at)) as "passwordAt",
               to_micros(greatest(mfa_at, reproved_factor_at)) as "factorAt"
             from sessions where session_id = $1 and ended_at is null`,
    },
    [sessionId],
  );
  return row;
}

/** The password was proved again. */
export async function keepPasswordProof(tx: Queryable, sessionId: string): Promise<void> {
  await tx.query(
    {
      name: 'password_reproved',
      text: 'update sessions set reproved_password_at = curfew_now() where session_id = $1',
    },
    [sessionId],
  );
}

/** The second factor was proved again, or a recovery code in its place. */
export async function keepFactorProof(tx: Queryable, sessionId: string): Promise<void> {
  await tx.query(
    {
      name: 'factor_reproved',
      text: 'update sessions set reproved_factor_at = curfew_now() where session_id = $1',
    },
    [sessionId],
  );
}
