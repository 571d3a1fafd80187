import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { bumpAccountVersion } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { deleteSecondFactors } from '../store/second_factors.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueMail } from './queue_mail.ts';
import { whoActed } from './queue_revoked_sessions.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/**
 * Remove an account's authenticators and recovery codes. A removed factor is a changed credential: all
 * its sessions and families end, except the session `keeps`, in which the user removed it. Returns how
 * many authenticators went.
 */
export async function removeSecondFactors(
  tx: Queryable,
  configuration: Configuration,
  { accountId, keeps }: { accountId: string; keeps?: string },
  origin: Origin,
): Promise<number> {
  await endAccountAccess(tx, configuration, accountId, 'credential_changed', origin, keeps);
  const removed = await deleteSecondFactors(tx, accountId);
  await bumpAccountVersion(tx, accountId);
  await recordEvent(tx, 'account.factors_removed', { accountId }, origin, { removed });
  if (removed === 0) return removed;
  await queueMail(tx, 'factors_removed', accountId, origin);
  await queueSecurityEvents(tx, origin, [
    {
      type: 'credential_change',
      accountId,
      by: whoActed(origin),
      reason: 'account.factors_removed: authenticator apps and recovery codes were removed.',
      members: { credential_type: 'app', change_type: 'delete' },
    },
  ]);
  return removed;
}
