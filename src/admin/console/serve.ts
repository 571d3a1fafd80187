import type { Context, Middleware } from 'koa';
import { Problem } from '../../domain/problems.ts';
import { parseForm, readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { opensToOperator } from '../../policy/operator_rights.ts';
import { consoleRefusedPage } from '../../../views/console/refused.ts';
import { pathReader } from '../path_reader.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import type { ConsoleRoute } from './route.ts';
import { routes } from './routes.ts';
import { consoleRoot, describeShell, judgeVisitor } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const longestPlace = 4000;

/** Everything under `/console`. */
export function consoleRoutes(dependencies: ConsoleDependencies): Middleware {
  const matchers = routes.map((route) => ({ route, read: pathReader(consoleRoot + route.path) }));
  const issuerOrigin = new URL(dependencies.issuer).origin;
  return async (ctx, next) => {
    if (ctx.path !== consoleRoot && !ctx.path.startsWith(`${consoleRoot}/`)) return await next();
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
    for (const { route, read } of matchers) {
      const path = route.method === method ? read(ctx.path) : undefined;
      if (path) return await parseForm(ctx, () => serve(ctx, route, path));
    }
    await next();
  };

  async function serve(ctx: Context, route: ConsoleRoute, path: Record<string, string>): Promise<void> {
    const here = route.method === 'GET' ? ctx.url : readPlace(ctx.get('Referer'));
    const visitor = await dependencies.findVisitor(ctx);
    if (!visitor) return askToSignIn(ctx, here);
    if (isAnswered(ctx)) return goOn(ctx);

    const visit = judgeVisitor(ctx, visitor, path);
    if (!opensToOperator(visit.scopes, route.scope)) return await refuse(visit);
    if (route.method === 'POST' && !dependencies.isCsrfToken(visitor, readField(ctx, 'csrf', 100)))
      ctx.throw(403);
    if (route.scope === 'curfew:write' && !visit.isProved) {
      if (route.method === 'POST')
        leaveNotice(ctx, consoleRoot, 'Nothing was changed yet: it took a second factor first. Go on now.');
      return seeOther(ctx, dependencies.signInUrl({ state: here, mfaMaxAge: visit.proofMaxAge }));
    }
    try {
      await route.handle(visit, dependencies);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const shell = await describeShell(dependencies, visit);
      const props = { heading: 'This cannot be done', text: error.message, back: here };
      sendPage(ctx, consoleRefusedPage(shell, props), 409);
    }
  }

  /** Of the answer to a sign-in only this matters: whether somebody chose not to go on. */
  function askToSignIn(ctx: Context, here: string): void {
    if (ctx.query.error !== undefined) return seeOther(ctx, '/account?error=access_denied');
    seeOther(
      ctx,
      dependencies.signInUrl({ state: isAnswered(ctx) ? readPlace(String(ctx.query.state)) : here }),
    );
  }

  /** Back from a sign-in or a step-up: on to where it began. */
  function goOn(ctx: Context): void {
    if (ctx.query.error === undefined) return seeOther(ctx, readPlace(String(ctx.query.state)));
    leaveNotice(ctx, consoleRoot, 'Nothing was changed: no second factor was proved.');
    seeOther(ctx, consoleRoot);
  }

  /** A page of the console, from an address that somebody else may have written. */
  function readPlace(address: string): string {
    const url = address.length > longestPlace ? null : URL.parse(address, issuerOrigin);
    if (!url || url.origin !== issuerOrigin) return consoleRoot;
    const isOurs = url.pathname === consoleRoot || url.pathname.startsWith(`${consoleRoot}/`);
    return isOurs && !url.searchParams.has('state') ? url.pathname + url.search : consoleRoot;
  }

  async function refuse(visit: ConsoleVisit): Promise<void> {
    const mayLook = opensToOperator(visit.scopes, 'curfew:read');
    const shell = mayLook
      ? await describeShell(dependencies, visit)
      : { context: dependencies.pageContext(), csrfToken: visit.csrfToken };
    const heading = mayLook ? 'Not for you' : 'For operators only';
    const text = mayLook
      ? 'Your roles let you look, but change nothing.'
      : 'None of your roles makes you one. Sign out to sign in as somebody else.';
    sendPage(visit.ctx, consoleRefusedPage(shell, { heading, text }), 403);
  }
}

/** What an authorization answer brings, at the one address that takes it. */
function isAnswered(ctx: Context): boolean {
  const { state, error } = ctx.query;
  return ctx.path === consoleRoot && (state !== undefined || error !== undefined);
}
