import type { Configuration } from '../domain/configuration.ts';
import type { MailNotice } from '../domain/notices.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { bumpAccountVersion } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { countFactors, deleteSecondFactors } from '../store/second_factors.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueMail } from './queue_mail.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

export interface RemovedFactor {
  accountId: string;
  factorId: string;
  method: 'otp' | 'passkey';
  /** In words, with its article. */
  called: string;
  /** By CAEP 1.0 §3.2. */
  credentialType: string;
  mail: MailNotice['mail'];
}

/**
 * What follows from a second factor that was removed: it is a changed credential, so every session and
 * family ends, except those of the browser that `keeps`; with the last factor of any kind the recovery codes
 * go, too. The account must be locked. Returns how many factors are left.
 */
export async function settleRemovedFactor(
  tx: Queryable,
  configuration: Configuration,
  factor: RemovedFactor & { keeps: string },
  origin: Origin,
): Promise<number> {
  const { accountId, factorId, method, called, credentialType, mail, keeps } = factor;
  await endAccountAccess(tx, configuration, accountId, 'credential_changed', origin, keeps);
  const { apps, passkeys } = await countFactors(tx, accountId);
  const left = apps + passkeys;
  if (left === 0) await deleteSecondFactors(tx, accountId);
  await bumpAccountVersion(tx, accountId);
  await recordEvent(tx, 'factor.removed', { accountId }, origin, { method, factor_id: factorId, left });
  await queueMail(tx, left === 0 ? 'factors_removed' : mail, accountId, origin);
  await queueSecurityEvents(tx, origin, [
    {
      type: 'credential_change',
      accountId,
      by: 'user',
      reason: `factor.removed: ${called} was removed.`,
      members: { credential_type: credentialType, change_type: 'delete' },
    },
  ]);
  return left;
}
