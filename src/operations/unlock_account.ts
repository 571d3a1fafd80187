import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { clearAllSignInFailures } from '../store/sign_in_failures.ts';
import { guesserHash } from './take_allowance.ts';

/** Forget the wrong passwords for an account: who had to wait may try again. Returns how many there were. */
export async function unlockAccount(
  tx: Queryable,
  { accountId, username }: { accountId: string; username: string },
  origin: Origin,
): Promise<number> {
  const failures = await clearAllSignInFailures(tx, { accountId, subjectHash: guesserHash({ username }) });
  if (failures > 0) await recordEvent(tx, 'account.unlocked', { accountId }, origin, { failures });
  return failures;
}
