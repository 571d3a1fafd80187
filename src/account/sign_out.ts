import type { Context } from 'koa';
import { sendPage } from '../http/send_page.ts';
import { endAccountAccess } from '../operations/end_account_access.ts';
import { endSession } from '../operations/end_session.ts';
import { signedOutPage } from '../../views/signed_out.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import type { Visit } from '../domain/visit.ts';

/** Where signing out ends; nobody is signed in there. */
export const signedOutPath = {
  here: '/account/signed-out',
  everywhere: '/account/signed-out-everywhere',
} as const;

export async function signOutHere(
  ctx: Context,
  { database, forgetBrowserSession }: AccountDependencies,
  { configuration, session, origin }: Visit,
): Promise<void> {
  await database.transaction((tx) => endSession(tx, configuration, session, 'signed_out', origin));
  forgetBrowserSession(ctx);
  seeOther(ctx, signedOutPath.here);
}

export async function signOutEverywhere(
  ctx: Context,
  { database, forgetBrowserSession }: AccountDependencies,
  { configuration, accountId, origin }: Visit,
): Promise<void> {
  await database.transaction((tx) => endAccountAccess(tx, configuration, accountId, 'signed_out', origin));
  forgetBrowserSession(ctx);
  seeOther(ctx, signedOutPath.everywhere);
}

export async function showSignedOut(ctx: Context, dependencies: AccountDependencies): Promise<void> {
  if (await dependencies.findBrowserSession(ctx)) return seeOther(ctx, '/account');
  const everywhere = ctx.path === signedOutPath.everywhere;
  sendPage(ctx, signedOutPage(dependencies.pageContext(), { everywhere, signInUrl: '/account' }));
}
