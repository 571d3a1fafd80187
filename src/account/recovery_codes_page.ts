import type { Context } from 'koa';
import { sendPage } from '../http/send_page.ts';
import { renewRecoveryCodes } from '../operations/renew_recovery_codes.ts';
import { countRecoveryCodes, hasSecondFactor } from '../store/second_factors.ts';
import { accountRecoveryCodesPage } from '../../views/account_recovery_codes.ts';
import { recoveryCodesPage } from '../../views/recovery_codes.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

export async function showRecoveryCodes(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { accountId, csrfToken }: Visit,
): Promise<void> {
  if (!(await hasSecondFactor(database, accountId))) return seeOther(ctx, securityPath);
  const left = await countRecoveryCodes(database, accountId);
  sendPage(ctx, accountRecoveryCodesPage(pageContext(), { csrfToken, left }));
}

/** The only answer that ever has the codes, and none that a browser asks for again by itself. */
export async function submitRecoveryCodes(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { accountId, origin }: Visit,
): Promise<void> {
  const codes = await database.transaction((tx) => renewRecoveryCodes(tx, accountId, origin));
  if (!codes) return seeOther(ctx, securityPath);
  sendPage(ctx, recoveryCodesPage(pageContext(), { codes, next: { url: securityPath } }));
}
