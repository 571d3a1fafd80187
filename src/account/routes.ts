import type { Middleware } from 'koa';
import { parseForm, readField } from '../http/forms.ts';
import { sendPage } from '../http/send_page.ts';
import { showActivity } from './activity_page.ts';
import { showAddApp, submitAddApp } from './add_app_page.ts';
import { removeApp, renameApp, showApp } from './app_pages.ts';
import { showAddPasskey, submitAddPasskey } from './add_passkey_page.ts';
import { confirmByPasskey } from './confirm_by_passkey.ts';
import { afterProof, confirmIdentity } from './confirm_page.ts';
import type { Handle } from './confirm_page.ts';
import type { AccountDependencies, AccountPage } from './dependencies.ts';
import { showOverview } from './overview_page.ts';
import { showPasskey, submitPasskeyName, submitPasskeyRemoval } from './passkey_pages.ts';
import { showPassword, submitPassword } from './password_page.ts';
import { showRecoveryCodes, submitRecoveryCodes } from './recovery_codes_page.ts';
import { showSecurity } from './security_page.ts';
import { endApp, endOne, endOthers, showSessions } from './sessions_page.ts';
import { showSignedOut, signedOutPath, signOutEverywhere, signOutHere } from './sign_out.ts';
import { seeOther } from '../http/see_other.ts';
import { showUnlock, submitUnlock } from './unlock_page.ts';
import { csrfSubject, findSignedIn, findVisit } from './visit.ts';
import { accountClosedPage } from '../../views/account_closed.ts';

const security = '/account/security';

/** What only the account's own person sees, and where signing in for it leads. `:id` is an identifier of ours. */
const pages: Record<string, { path: AccountPage; show: Handle }> = {
  '/account': { path: '/account', show: showOverview },
  '/account/sessions': { path: '/account/sessions', show: showSessions },
  '/account/activity': { path: '/account/activity', show: showActivity },
  '/account/activity/:id': { path: '/account/activity', show: showActivity },
  [security]: { path: security, show: showSecurity },
  [`${security}/password`]: { path: security, show: afterProof(showPassword) },
  [`${security}/apps/new`]: { path: security, show: afterProof(showAddApp) },
  [`${security}/apps/:id`]: { path: security, show: afterProof(showApp) },
  [`${security}/passkeys/new`]: { path: security, show: afterProof(showAddPasskey) },
  [`${security}/passkeys/:id`]: { path: security, show: afterProof(showPasskey) },
  [`${security}/recovery-codes`]: { path: security, show: afterProof(showRecoveryCodes) },
  [`${security}/unlock`]: { path: security, show: afterProof(showUnlock) },
};

interface Action {
  /** Where its form stands. */
  on: AccountPage;
  submit: Handle;
  /** Who may; only a visitor, if absent. */
  find?: typeof findVisit;
}

/** What the forms of those pages do. Nobody needs a second factor to sign out. */
const actions: Record<string, Action> = {
  '/account/sign-out': { on: '/account', submit: signOutHere, find: findSignedIn },
  '/account/sign-out-everywhere': { on: '/account', submit: signOutEverywhere, find: findSignedIn },
  '/account/sessions/end': { on: '/account/sessions', submit: endOne },
  '/account/sessions/end-others': { on: '/account/sessions', submit: endOthers },
  '/account/apps/end': { on: '/account/sessions', submit: endApp },
  [`${security}/confirm`]: { on: security, submit: confirmIdentity },
  [`${security}/confirm/passkey`]: { on: security, submit: confirmByPasskey },
  [`${security}/password`]: { on: security, submit: afterProof(submitPassword) },
  [`${security}/apps/new`]: { on: security, submit: afterProof(submitAddApp) },
  [`${security}/apps/rename`]: { on: security, submit: afterProof(renameApp) },
  [`${security}/apps/remove`]: { on: security, submit: afterProof(removeApp) },
  [`${security}/passkeys/new`]: { on: security, submit: afterProof(submitAddPasskey) },
  [`${security}/passkeys/rename`]: { on: security, submit: afterProof(submitPasskeyName) },
  [`${security}/passkeys/remove`]: { on: security, submit: afterProof(submitPasskeyRemoval) },
  [`${security}/recovery-codes`]: { on: security, submit: afterProof(submitRecoveryCodes) },
  [`${security}/unlock`]: { on: security, submit: afterProof(submitUnlock) },
};

const endingId = /\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every address of these pages; `:id` stands for an identifier. */
export const accountAddresses = { pages: Object.keys(pages), forms: Object.keys(actions) };

export function accountRoutes(dependencies: AccountDependencies): Middleware {
  return async (ctx, next) => {
    const isLook = ctx.method === 'GET' || ctx.method === 'HEAD';
    const page = isLook ? pages[ctx.path.replace(endingId, '/:id')] : undefined;
    if (page) return await show(page);
    if (isLook && Object.values<string>(signedOutPath).includes(ctx.path)) {
      return await showSignedOut(ctx, dependencies);
    }
    const action = ctx.method === 'POST' ? actions[ctx.path] : undefined;
    if (!action) return await next();
    await parseForm(ctx, () => submit(action));

    async function show({ path, show: render }: (typeof pages)[string]): Promise<void> {
      const visit = await findVisit(ctx, dependencies);
      // Of the answer to a sign-in only this matters: whether somebody chose not to go on.
      if (!visit && ctx.query.error !== undefined) return await showWayOut();
      if (!visit) return seeOther(ctx, dependencies.signInUrl(path));
      if (ctx.querystring) return seeOther(ctx, ctx.path);
      await render(ctx, dependencies, visit);
    }

    async function showWayOut(): Promise<void> {
      const signedIn = await findSignedIn(ctx, dependencies);
      if (!signedIn) return seeOther(ctx, signedOutPath.here);
      sendPage(ctx, accountClosedPage(dependencies.pageContext(), signedIn));
    }

    async function submit({ on, submit: handle, find = findVisit }: Action): Promise<void> {
      const visit = await find(ctx, dependencies);
      if (!visit) return seeOther(ctx, dependencies.signInUrl(on));
      if (!dependencies.csrf.check(csrfSubject(visit.session), readField(ctx, 'csrf', 100))) ctx.throw(403);
      await handle(ctx, dependencies, visit);
    }
  };
}
