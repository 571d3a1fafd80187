import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { bumpAccessVersion } from '../store/accounts.ts';
import { deleteOpenCodes } from '../store/authorization_codes.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { lockAccount, lockOpenSessions, readNow } from '../store/sessions.ts';
import { endFamilies, endSessions } from './end_access.ts';
import type { Cause } from './end_access.ts';

/**
 * End every session and family of an account, offline ones too, and forget codes not exchanged yet; a sign-in
 * that was proved before and has begun no session yet begins none. Without a cause only those already over end:
 * what must happen before roles change. The session `keeps` and the families that came from it are spared: the
 * browser in which a credential was changed. Locks the account first, and leaves it locked.
 */
export async function endAccountAccess(
  tx: Queryable,
  configuration: Configuration,
  accountId: string,
  cause: Cause,
  origin: Origin,
  keeps?: string,
): Promise<{ sessions: number; families: number }> {
  await lockAccount(tx, accountId);
  const isTouched = ({ sessionId }: { sessionId: string }) => sessionId !== keeps;
  const families = (await lockOpenFamilies(tx, { accountId })).filter(({ family }) => isTouched(family));
  const sessions = (await lockOpenSessions(tx, { accountId })).filter(({ session }) => isTouched(session));
  // Of a disabled account they stay: whoever exchanges one is told.
  if (cause && cause !== 'account_disabled') await deleteOpenCodes(tx, accountId, keeps);
  if (cause) await bumpAccessVersion(tx, accountId);
  const now = await readNow(tx);
  return {
    families: await endFamilies(tx, configuration, families, { cause, now, origin }),
    sessions: await endSessions(tx, configuration, sessions, { cause, now, origin }),
  };
}
