import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { bumpAccountVersion } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { writeEnrolmentInvitation } from '../store/enrolment_invitations.ts';
import { deleteSecondFactors } from '../store/second_factors.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueMail } from './queue_mail.ts';
import { whoActed } from './queue_revoked_sessions.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/**
 * Remove an account's authenticators, passkeys and recovery codes. A removed factor is a changed credential: all
 * its sessions and families end, except the session `keeps`, in which the user removed it. Returns how
 * many authenticators and passkeys went.
 */
export async function removeSecondFactors(
  tx: Queryable,
  configuration: Configuration,
  { accountId, keeps }: { accountId: string; keeps?: string },
  origin: Origin,
): Promise<number> {
  await endAccountAccess(tx, configuration, accountId, 'credential_changed', origin, keeps);
  const { apps, passkeys } = await deleteSecondFactors(tx, accountId);
  if (keeps === undefined) await writeEnrolmentInvitation(tx, accountId, false);
  const removed = apps + passkeys;
  await bumpAccountVersion(tx, accountId);
  await recordEvent(tx, 'account.factors_removed', { accountId }, origin, { removed });
  if (removed === 0) return removed;
  await queueMail(tx, 'factors_removed', accountId, origin);
  const types = [...(apps > 0 ? ['app'] : []), ...(passkeys > 0 ? ['fido2-platform', 'fido2-roaming'] : [])];
  await queueSecurityEvents(
    tx,
    origin,
    types.map((type) => ({
      type: 'credential_change',
      accountId,
      by: whoActed(origin),
      reason: 'account.factors_removed: second factors and recovery codes were removed.',
      members: { credential_type: type, change_type: 'delete' },
    })),
  );
  return removed;
}
