import { findPasswordFault, shortestPassword } from '../credentials/password_faults.ts';
import type { PasswordFault } from '../credentials/password_faults.ts';
import { hashPassword, verifyPassword } from '../credentials/passwords.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccountById, findPasswordHash } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { keepPasswordProof } from '../store/recent_proofs.ts';
import { lockAccount } from '../store/sessions.ts';
import { queueMail } from './queue_mail.ts';
import { replacePassword } from './replace_password.ts';

export interface PasswordChange {
  accountId: string;
  /** The session in which it is changed: it stays, and what came from it. */
  keeps: string;
  current: string;
  next: string;
  /** Whether it signs in without a second factor: then it must be longer. */
  usedAlone: boolean;
  /** The name of this service. */
  serviceName: string;
}

export type PasswordChangeVerdict =
  | { changed: true }
  | { changed: false; reason: PasswordFault | 'wrong' | 'same' };

/** The fewest characters of a new password. */
export function shortestPasswordOf({ usedAlone }: { usedAlone: boolean }): number {
  return usedAlone ? shortestPassword.alone : shortestPassword.withFactor;
}

/**
 * Change an account's password. The current one is looked at first, and once more when the account is
 * locked: of two changes at once the second is told that it is wrong. A changed password ends every other
 * session and family.
 */
export async function changePassword(
  database: Database,
  configuration: Configuration,
  { accountId, keeps, current, next, usedAlone, serviceName }: PasswordChange,
  origin: Origin,
): Promise<PasswordChangeVerdict> {
  const account = await findAccountById(database, accountId);
  const hash = await findPasswordHash(database, accountId);
  if (!(await verifyPassword(hash, current)) || !account) return await refuseWrong();
  const words = [account.username, account.email, account.name, serviceName].filter(
    (word) => word !== undefined,
  );
  const shortest = shortestPasswordOf({ usedAlone });
  const fault = await findPasswordFault(next, { shortest, words });
  if (fault) return { changed: false, reason: fault };
  if (await verifyPassword(hash, next)) return { changed: false, reason: 'same' };
  const nextHash = await hashPassword(next);
  const changed = await database.transaction(async (tx) => {
    await lockAccount(tx, accountId);
    if ((await findPasswordHash(tx, accountId)) !== hash) return false;
    const reason = 'password.changed: the password was changed.';
    const password = { accountId, passwordHash: nextHash, keeps, by: 'user', reason } as const;
    await replacePassword(tx, configuration, password, origin);
    await keepPasswordProof(tx, keeps);
    await recordEvent(tx, 'password.changed', { accountId, sessionId: keeps }, origin);
    await queueMail(tx, 'password_changed', accountId, origin);
    return true;
  });
  return changed ? { changed } : await refuseWrong();

  async function refuseWrong(): Promise<PasswordChangeVerdict> {
    await recordEvent(database, 'password.not_proved', { accountId, sessionId: keeps }, origin);
    return { changed: false, reason: 'wrong' };
  }
}
