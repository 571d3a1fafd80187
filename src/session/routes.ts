import type { Context, Middleware } from 'koa';
import { parseForm } from '../http/forms.ts';
import type { SessionDependencies } from './dependencies.ts';
import { answerPreflight, showSession, touchSession } from './session_answer.ts';
import { showSessionPage, submitStay } from './session_page.ts';

type Handler = (ctx: Context, dependencies: SessionDependencies) => Promise<void> | void;

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['OPTIONS /session', answerPreflight],
  ['GET /session', showSession],
  ['HEAD /session', showSession],
  ['OPTIONS /session/touch', answerPreflight],
  ['POST /session/touch', touchSession],
  ['GET /session/view', showSessionPage],
  ['HEAD /session/view', showSessionPage],
  ['POST /session/view', submitStay],
]);

/** As `METHOD /path`. */
export const sessionAddresses: readonly string[] = [...handlers.keys()];

/** The addresses under `/session` that are ours; those of signing out are the library's. */
export function sessionRoutes(dependencies: SessionDependencies): Middleware {
  return async (ctx, next) => {
    const handle = handlers.get(`${ctx.method} ${ctx.path}`);
    if (!handle) return await next();
    if (ctx.method !== 'POST') return await handle(ctx, dependencies);
    await parseForm(ctx, async () => await handle(ctx, dependencies));
  };
}
