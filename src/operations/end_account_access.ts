import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { lockAccount, lockOpenSessions, readNow } from '../store/sessions.ts';
import { endFamilies, endSessions } from './end_access.ts';
import type { Cause } from './end_access.ts';

/**
 * End every session and family of an account, offline ones too. Without a cause only those already
 * over end: what must happen before roles change. Locks the account first, and leaves it locked.
 */
export async function endAccountAccess(
  tx: Queryable,
  configuration: Configuration,
  accountId: string,
  cause: Cause,
  origin: Origin,
): Promise<{ sessions: number; families: number }> {
  await lockAccount(tx, accountId);
  const families = await lockOpenFamilies(tx, { accountId });
  const sessions = await lockOpenSessions(tx, { accountId });
  const now = await readNow(tx);
  return {
    families: await endFamilies(tx, configuration, families, { cause, now, origin }),
    sessions: await endSessions(tx, configuration, sessions, { cause, now, origin }),
  };
}
