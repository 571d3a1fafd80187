import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccountById, forgetAccount } from '../store/accounts.ts';
import { eraseFromTrail } from '../store/audit_seals.ts';
import type { Queryable } from '../store/database.ts';
import { forgetKnownDevices } from '../store/known_devices.ts';
import { deleteMailsTo } from '../store/notices.ts';
import { deletePasswordLink } from '../store/password_links.ts';
import { deleteSecondFactors } from '../store/second_factors.ts';
import { forgetDevices } from '../store/sessions.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueSecurityEvents } from './queue_security_events.ts';
import { unlockAccount } from './unlock_account.ts';

/**
 * Delete an account: end all its sessions and families, forget who it was and what it signed in with, and
 * erase it from the trail, where a pseudonym stays. Its row stays without a person, so that its tokens
 * are refused with their reason. Takes as long as reading the whole trail; nothing is sealed meanwhile.
 */
export async function deleteAccount(
  tx: Queryable,
  configuration: Configuration,
  accountId: string,
  origin: Origin,
): Promise<{ sessions: number; families: number; events: number }> {
  const ended = await endAccountAccess(tx, configuration, accountId, 'account_disabled', origin);
  await deleteSecondFactors(tx, accountId);
  await deletePasswordLink(tx, accountId);
  await deleteMailsTo(tx, accountId);
  await forgetKnownDevices(tx, accountId);
  const account = await findAccountById(tx, accountId);
  if (account) await unlockAccount(tx, account, origin);
  await forgetDevices(tx, accountId);
  await forgetAccount(tx, accountId);
  await recordEvent(tx, 'account.deleted', { accountId }, origin, ended);
  const reason = 'account.deleted: the account was deleted.';
  await queueSecurityEvents(tx, origin, [{ type: 'account_purged', accountId, by: 'admin', reason }]);
  return { ...ended, events: await eraseFromTrail(tx, accountId) };
}
