import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { findSessionById } from '../store/sessions.ts';
import { endSession } from './end_session.ts';

/** `unknown`: the account has no such session, whether or not another one has. */
export type SignOutOutcome = 'signed out' | 'over before' | 'unknown';

/** End one session because its own account wants it; bound families end with it, offline ones live on. */
export async function signOutSession(
  tx: Queryable,
  configuration: Configuration,
  { accountId, sessionId }: { accountId: string; sessionId: string },
  origin: Origin,
): Promise<SignOutOutcome> {
  const found = await findSessionById(tx, sessionId);
  if (found?.facts?.accountId !== accountId) return 'unknown';
  const isEnded = await endSession(tx, configuration, { sessionId, accountId }, 'signed_out', origin);
  return isEnded ? 'signed out' : 'over before';
}
