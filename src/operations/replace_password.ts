import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { findAccountById, findPasswordHash, updateAccount } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { deletePasswordLink } from '../store/password_links.ts';
import { forgetKnownDevices } from '../store/known_devices.ts';
import { endAccountAccess } from './end_account_access.ts';
import { queueSecurityEvents } from './queue_security_events.ts';
import { unlockAccount } from './unlock_account.ts';

export interface NewPassword {
  accountId: string;
  passwordHash: string;
  /** The session in which it is changed: it stays, and what came from it. */
  keeps?: string | undefined;
  by: 'user' | 'admin';
  /** For an operator: what happened, as `event: sentence`. */
  reason: string;
}

/**
 * What every new password does, in the caller's transaction: all other access ends, a link that would set
 * another one dies, event streams are told, browsers are known no more (who knew the old one may have made them
 * so), and who had to wait may try the new one. The caller records its own event. Locks the account, and leaves
 * it locked. Returns whether there was a password before.
 */
export async function replacePassword(
  tx: Queryable,
  configuration: Configuration,
  { accountId, passwordHash, keeps, by, reason }: NewPassword,
  origin: Origin,
): Promise<{ had: boolean }> {
  await endAccountAccess(tx, configuration, accountId, 'credential_changed', origin, keeps);
  const had = (await findPasswordHash(tx, accountId)) !== undefined;
  await updateAccount(tx, accountId, { passwordHash });
  await deletePasswordLink(tx, accountId);
  await forgetKnownDevices(tx, accountId);
  const account = await findAccountById(tx, accountId);
  if (account) await unlockAccount(tx, account, origin);
  const members = { credential_type: 'password', change_type: had ? 'update' : 'create' };
  await queueSecurityEvents(tx, origin, [{ type: 'credential_change', accountId, by, reason, members }]);
  return { had };
}
