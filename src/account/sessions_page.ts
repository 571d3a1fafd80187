import type { Context } from 'koa';
import { readField } from '../http/forms.ts';
import { leaveNotice, takeNotice } from '../http/notice_cookie.ts';
import { sendPage } from '../http/send_page.ts';
import { endAccountAccess } from '../operations/end_account_access.ts';
import { signOutSession } from '../operations/sign_out_session.ts';
import { withdrawConsent } from '../operations/withdraw_consent.ts';
import { accountSessionsPage } from '../../views/account_sessions.ts';
import type { AccountDependencies } from './dependencies.ts';
import { findClientName, listAccess } from './list_access.ts';
import { seeOther } from '../http/see_other.ts';
import { signedOutPath } from './sign_out.ts';
import type { Visit } from '../domain/visit.ts';

const here = '/account/sessions';
/** Longest accepted identifier of a session or client. */
const longestId = 200;

export async function showSessions(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const { csrfToken } = visit;
  const access = await listAccess(database, visit);
  sendPage(ctx, accountSessionsPage(pageContext(), { csrfToken, notice: takeNotice(ctx, here), ...access }));
}

/** End one of the visitor's sessions; 404 for any other identifier, whoever's it is. */
export async function endOne(
  ctx: Context,
  { database, forgetBrowserSession }: AccountDependencies,
  { accountId, configuration, origin, session }: Visit,
): Promise<void> {
  const sessionId = readField(ctx, 'session', longestId);
  const outcome = await database.transaction((tx) =>
    signOutSession(tx, configuration, { accountId, sessionId }, origin),
  );
  if (outcome === 'unknown') ctx.throw(404);
  if (sessionId === session.sessionId) {
    forgetBrowserSession(ctx);
    return seeOther(ctx, signedOutPath.here);
  }
  const sentence =
    outcome === 'signed out' ? 'That browser is signed out.' : 'That session was over already.';
  leaveNotice(ctx, here, sentence);
  seeOther(ctx, here);
}

/** End all but this session and what came from it, offline access too: it is signing out everywhere, less here. */
export async function endOthers(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, configuration, origin, session }: Visit,
): Promise<void> {
  await database.transaction((tx) =>
    endAccountAccess(tx, configuration, accountId, 'signed_out', origin, session.sessionId),
  );
  leaveNotice(ctx, here, 'You are signed out everywhere else.');
  seeOther(ctx, here);
}

/** Take an app's access away, also where it had none; 404 for an app that nobody knows. */
export async function endApp(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, configuration, origin }: Visit,
): Promise<void> {
  const clientId = readField(ctx, 'client', longestId);
  const isWithdrawn = await database.transaction((tx) =>
    withdrawConsent(tx, configuration, { accountId, clientId }, origin),
  );
  const name = findClientName(configuration, clientId);
  if (!isWithdrawn && name === undefined) ctx.throw(404);
  leaveNotice(ctx, here, `${name ?? 'The app'} has no access to your account any more.`);
  seeOther(ctx, here);
}
