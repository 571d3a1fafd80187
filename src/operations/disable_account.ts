import type { Configuration } from '../domain/configuration.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { setAccountDisabled } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { deletePasswordLink } from '../store/password_links.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/** Disable an account and end all its sessions and families, offline ones too, and its link for a password. Returns what ended. */
export async function disableAccount(
  tx: Queryable,
  configuration: Configuration,
  accountId: string,
  origin: Origin,
): Promise<{ sessions: number; families: number }> {
  const ended = await endAccountAccess(tx, configuration, accountId, 'account_disabled', origin);
  await deletePasswordLink(tx, accountId);
  if (await setAccountDisabled(tx, accountId, true)) {
    await recordEvent(tx, 'account.disabled', { accountId }, origin, ended);
    const reason = 'account.disabled: the account was disabled.';
    await queueSecurityEvents(tx, origin, [{ type: 'account_disabled', accountId, by: 'admin', reason }]);
  }
  return ended;
}

/** Enable a disabled account again; nothing that ended is revived. */
export async function enableAccount(tx: Queryable, accountId: string, origin: Origin): Promise<void> {
  if (await setAccountDisabled(tx, accountId, false)) {
    await recordEvent(tx, 'account.enabled', { accountId }, origin);
    const reason = 'account.enabled: the account was enabled again.';
    await queueSecurityEvents(tx, origin, [{ type: 'account_enabled', accountId, by: 'admin', reason }]);
  }
}
