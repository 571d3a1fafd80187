import type { Context, Middleware } from 'koa';
import { parseForm, readField } from '../http/forms.ts';
import type { AccountDependencies, AccountPage } from './dependencies.ts';
import { showOverview } from './overview_page.ts';
import { endApp, endOne, endOthers, showSessions } from './sessions_page.ts';
import { showSignedOut, signedOutPath, signOutEverywhere, signOutHere } from './sign_out.ts';
import { seeOther } from './see_other.ts';
import { csrfSubject, findVisit } from './visit.ts';
import type { Visit } from './visit.ts';

type Handle = (ctx: Context, dependencies: AccountDependencies, visit: Visit) => Promise<void> | void;

/** What only the account's own person sees. */
const pages: Record<string, { path: AccountPage; show: Handle }> = {
  '/account': { path: '/account', show: showOverview },
  '/account/sessions': { path: '/account/sessions', show: showSessions },
};

/** What the forms of those pages do, and where they stand. */
const actions: Record<string, { on: AccountPage; submit: Handle }> = {
  '/account/sign-out': { on: '/account', submit: signOutHere },
  '/account/sign-out-everywhere': { on: '/account', submit: signOutEverywhere },
  '/account/sessions/end': { on: '/account/sessions', submit: endOne },
  '/account/sessions/end-others': { on: '/account/sessions', submit: endOthers },
  '/account/apps/end': { on: '/account/sessions', submit: endApp },
};

export function accountRoutes(dependencies: AccountDependencies): Middleware {
  return async (ctx, next) => {
    const isLook = ctx.method === 'GET' || ctx.method === 'HEAD';
    const page = isLook ? pages[ctx.path] : undefined;
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
      if (!visit && ctx.query.error !== undefined) return seeOther(ctx, signedOutPath.here);
      if (!visit) return seeOther(ctx, dependencies.signInUrl(path));
      if (ctx.querystring) return seeOther(ctx, path);
      await render(ctx, dependencies, visit);
    }

    async function submit({ on, submit: handle }: (typeof actions)[string]): Promise<void> {
      const visit = await findVisit(ctx, dependencies);
      if (!visit) return seeOther(ctx, dependencies.signInUrl(on));
      if (!dependencies.csrf.check(csrfSubject(visit.session), readField(ctx, 'csrf', 100))) ctx.throw(403);
      await handle(ctx, dependencies, visit);
    }
  };
}
