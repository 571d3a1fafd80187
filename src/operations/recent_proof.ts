import { verifyPassword } from '../credentials/passwords.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { findPasswordHash } from '../store/accounts.ts';
import type { Database, Queryable } from '../store/database.ts';
import { findRecentProofs, keepPasswordProof } from '../store/recent_proofs.ts';
import { hasSecondFactor } from '../store/second_factors.ts';

/** Who changes an account has proved who they are within this long, in seconds. */
export const recentSeconds = 300;

/** What must be proved again before the account is changed. */
export interface MissingProofs {
  password: boolean;
  /** Only of an account that has a second factor. */
  factor: boolean;
}

/** What of password and second factor was not proved in this session within `recentSeconds`. */
export async function findMissingProofs(
  db: Queryable,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<MissingProofs> {
  const proofs = await findRecentProofs(db, sessionId);
  const isOld = (at: Instant | null | undefined) =>
    !proofs || at == null || proofs.now >= addSeconds(at, recentSeconds);
  const hasFactor = await hasSecondFactor(db, accountId);
  return { password: isOld(proofs?.passwordAt), factor: hasFactor && isOld(proofs?.factorAt) };
}

/** Check the password of somebody who is signed in. A right one is kept as this session's proof. */
export async function provePassword(
  database: Database,
  { accountId, sessionId, password }: { accountId: string; sessionId: string; password: string },
  origin: Origin,
): Promise<boolean> {
  const hash = await findPasswordHash(database, accountId);
  const isRight = await verifyPassword(hash, password);
  await database.transaction(async (tx) => {
    if (isRight) await keepPasswordProof(tx, sessionId);
    await recordEvent(
      tx,
      isRight ? 'password.proved' : 'password.not_proved',
      { accountId, sessionId },
      origin,
    );
  });
  return isRight;
}
