import { findPasswordFault, shortestPassword } from '../credentials/password_faults.ts';
import type { PasswordFault } from '../credentials/password_faults.ts';
import { hashPassword } from '../credentials/passwords.ts';
import { hashToken } from '../credentials/token_hash.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import { recordEvent } from '../events/record_event.ts';
import { sessionLimits } from '../policy/subject_limits.ts';
import { findAccountById } from '../store/accounts.ts';
import type { Database, Queryable } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import { writeEnrolmentInvitation } from '../store/enrolment_invitations.ts';
import { consumePasswordLink, findPasswordLink } from '../store/password_links.ts';
import { hasSecondFactor } from '../store/second_factors.ts';
import { lockAccount } from '../store/sessions.ts';
import { queueMail } from './queue_mail.ts';
import { replacePassword } from './replace_password.ts';

/** What a link is for, as its page shows it. */
export interface OpenedPasswordLink {
  username: string;
  purpose: PasswordLinkPurpose;
  /** Fewest characters of the password. */
  shortest: number;
}

export type SetPasswordVerdict = { set: true } | { set: false; reason: PasswordFault | 'link_over' };

/** Look at a link, which stays as good as it was; undefined: it is good no more. */
export async function openPasswordLink(
  database: Database,
  configuration: Configuration,
  token: string,
): Promise<OpenedPasswordLink | undefined> {
  const link = await findPasswordLink(database, hashToken(token));
  const account = link && (await findAccountById(database, link.accountId));
  if (!account) return undefined;
  const shortest = await findShortestPassword(database, configuration, account);
  return { username: account.username, purpose: link.purpose, shortest };
}

/**
 * Set an account's password by a one-time link. A password that is refused leaves the link as it is; of two
 * who use it at once the second is told that it is over. Every session and family of the account ends.
 */
export async function setPasswordByLink(
  database: Database,
  configuration: Configuration,
  { token, password, serviceName }: { token: string; password: string; serviceName: string },
  origin: Origin,
): Promise<SetPasswordVerdict> {
  const tokenHash = hashToken(token);
  const link = await findPasswordLink(database, tokenHash);
  const account = link && (await findAccountById(database, link.accountId));
  if (!account) return { set: false, reason: 'link_over' };
  const { accountId } = account;
  const fault = await findFault(database, configuration, account, { password, serviceName });
  if (fault) return { set: false, reason: fault };
  const passwordHash = await hashPassword(password);
  const isUsed = await database.transaction(async (tx) => {
    await lockAccount(tx, accountId);
    const used = await consumePasswordLink(tx, tokenHash);
    if (!used) return false;
    await writeEnrolmentInvitation(tx, accountId, used.byOperator);
    const reason = 'password.set: the password was set by a one-time link.';
    const change = { accountId, passwordHash, by: 'user', reason } as const;
    const { had } = await replacePassword(tx, configuration, change, origin);
    await recordEvent(tx, 'password.set', { accountId }, origin, { by: 'link', purpose: used.purpose });
    if (had) await queueMail(tx, 'password_set', accountId, origin);
    return true;
  });
  return isUsed ? { set: true } : { set: false, reason: 'link_over' };
}

/** Set an account's password as an operator; every session and family of the account ends. */
export async function setPasswordByOperator(
  tx: Queryable,
  configuration: Configuration,
  { account, password, serviceName }: { account: StoredAccount; password: string; serviceName: string },
  origin: Origin,
): Promise<{ set: true } | { set: false; reason: PasswordFault; shortest: number }> {
  const { accountId } = account;
  const fault = await findFault(tx, configuration, account, { password, serviceName });
  if (fault) {
    return { set: false, reason: fault, shortest: await findShortestPassword(tx, configuration, account) };
  }
  const passwordHash = await hashPassword(password);
  const reason = 'password.set: the password was set by an operator.';
  const change = { accountId, passwordHash, by: 'admin', reason } as const;
  const { had } = await replacePassword(tx, configuration, change, origin);
  await recordEvent(tx, 'password.set', { accountId }, origin, { by: 'operator' });
  if (had) await queueMail(tx, 'password_set', accountId, origin);
  return { set: true };
}

async function findFault(
  db: Queryable,
  configuration: Configuration,
  account: StoredAccount,
  { password, serviceName }: { password: string; serviceName: string },
): Promise<PasswordFault | undefined> {
  const shortest = await findShortestPassword(db, configuration, account);
  const words = [account.username, account.email, account.name, serviceName].filter(
    (word) => word !== undefined,
  );
  return await findPasswordFault(password, { shortest, words });
}

/** Fewer characters do only where the account's roles ask for a second factor at every sign-in, and it has one. */
async function findShortestPassword(
  db: Queryable,
  configuration: Configuration,
  { accountId, roles }: StoredAccount,
): Promise<number> {
  const isAlwaysAsked = sessionLimits(configuration, { clientIds: [] }, roles).mfa.value === 'always';
  if (!isAlwaysAsked) return shortestPassword.alone;
  return (await hasSecondFactor(db, accountId)) ? shortestPassword.withFactor : shortestPassword.alone;
}
