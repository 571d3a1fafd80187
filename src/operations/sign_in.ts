import { hashPassword, isOutdatedHash, verifyPassword } from '../credentials/passwords.ts';
import type { Instant } from '../domain/instants.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import { findAccountByUsername, replacePasswordHash } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { readNow } from '../store/sessions.ts';

export type SignInVerdict =
  | {
      accepted: true;
      accountId: string;
      signedInAt: Instant;
      /** Of the account, when its password was read: no session begins with an older one. */
      accessVersion: number;
      roles: readonly string[];
    }
  | { accepted: false };

/**
 * Check a username and password. An unknown account, a wrong password and a disabled account get the
 * same answer after the same work; only the trail knows which it was.
 */
export async function signIn(
  database: Database,
  credentials: { username: string; password: string },
  origin: Origin & { clientId?: string },
): Promise<SignInVerdict> {
  const found = await findAccountByUsername(database, credentials.username);
  const matches = await verifyPassword(found?.passwordHash, credentials.password);
  const { clientId } = origin;
  if (!found || !matches || found.account.disabled) {
    const reason = !found ? 'account_unknown' : !matches ? 'password_wrong' : 'account_disabled';
    await recordEvent(database, 'sign_in.failed', { accountId: found?.account.accountId, clientId }, origin, {
      reason,
    });
    return { accepted: false };
  }
  const { accountId, roles } = found.account;
  await keepHashCurrent(database, accountId, found.passwordHash, credentials.password);
  await recordEvent(database, 'sign_in.succeeded', { accountId, clientId }, origin, { amr: ['pwd'] });
  const { accessVersion } = found;
  return { accepted: true, accountId, roles, accessVersion, signedInAt: await readNow(database) };
}

/** A hash made with other parameters is made anew: only now is its password at hand. */
async function keepHashCurrent(
  database: Database,
  accountId: string,
  old: string | undefined,
  password: string,
): Promise<void> {
  if (old === undefined || !isOutdatedHash(old)) return;
  await replacePasswordHash(database, accountId, { old, next: await hashPassword(password) });
}
