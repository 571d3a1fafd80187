import type { Context } from 'koa';
import { leaveNotice } from '../http/notice_cookie.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import { unlockAccount } from '../operations/unlock_account.ts';
import { findAccountById } from '../store/accounts.ts';
import { accountUnlockPage } from '../../views/account_unlock.ts';
import type { AccountDependencies } from './dependencies.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

/** Asks once more: whoever is guessing may go on then, too. */
export function showUnlock(ctx: Context, { pageContext }: AccountDependencies, { csrfToken }: Visit): void {
  sendPage(ctx, accountUnlockPage(pageContext(), { csrfToken }));
}

export async function submitUnlock(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, origin }: Visit,
): Promise<void> {
  const account = await findAccountById(database, accountId);
  if (!account) return ctx.throw(404);
  await database.transaction((tx) => unlockAccount(tx, account, origin));
  leaveNotice(ctx, securityPath, 'Other browsers may try to sign in again.');
  seeOther(ctx, securityPath);
}
