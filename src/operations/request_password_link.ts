import type { Origin } from '../domain/origin.ts';
import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccountByUsername, findAccountIdByEmail } from '../store/accounts.ts';
import type { Database, Queryable } from '../store/database.ts';
import { queueMail } from './queue_mail.ts';

/**
 * Somebody forgot their password and named their username or e-mail address. Whether there is such an
 * account makes no difference to what is done here: a mail is queued either way, and only its sender
 * finds that it is for nobody, or makes the link.
 */
export async function requestPasswordLink(database: Database, name: string, origin: Origin): Promise<void> {
  const byUsername = await findAccountByUsername(database, name);
  const byEmail = await findAccountIdByEmail(database, name);
  const accountId = byUsername?.account.accountId ?? byEmail;
  await database.transaction((tx) => queueLinkMail(tx, { accountId, purpose: 'forgotten' }, origin));
}

/** Queue a mail for which its sender makes a link; without an account, for nobody. */
export async function queueLinkMail(
  tx: Queryable,
  { accountId, purpose }: { accountId: string | undefined; purpose: PasswordLinkPurpose },
  origin: Origin,
): Promise<void> {
  await recordEvent(tx, 'password_link.requested', { accountId }, origin, { purpose });
  const mail = purpose === 'invitation' ? 'password_invitation' : 'password_forgotten';
  await queueMail(tx, mail, accountId ?? null, origin);
}
