import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { bumpAccountVersion } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { deleteSecondFactors, deleteTotpFactor, listTotpFactors } from '../store/second_factors.ts';
import { lockAccount } from '../store/sessions.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueMail } from './queue_mail.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/**
 * Remove one of the account's authenticators; with the last one the recovery codes go, too. A removed
 * factor is a changed credential: every session and family ends, except those of the browser that
 * `keeps`. Returns how many are left; undefined when the account has none of that id.
 */
export async function removeTotpFactor(
  tx: Queryable,
  configuration: Configuration,
  { accountId, factorId, keeps }: { accountId: string; factorId: string; keeps: string },
  origin: Origin,
): Promise<number | undefined> {
  await lockAccount(tx, accountId);
  if (!(await deleteTotpFactor(tx, { accountId, factorId }))) return undefined;
  await endAccountAccess(tx, configuration, accountId, 'credential_changed', origin, keeps);
  const left = (await listTotpFactors(tx, accountId)).length;
  if (left === 0) await deleteSecondFactors(tx, accountId);
  await bumpAccountVersion(tx, accountId);
  await recordEvent(tx, 'factor.removed', { accountId }, origin, {
    method: 'otp',
    factor_id: factorId,
    left,
  });
  await queueMail(tx, left === 0 ? 'factors_removed' : 'factor_removed', accountId, origin);
  await queueSecurityEvents(tx, origin, [
    {
      type: 'credential_change',
      accountId,
      by: 'user',
      reason: 'factor.removed: an authenticator app was removed.',
      members: { credential_type: 'app', change_type: 'delete' },
    },
  ]);
  return left;
}
