import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Configuration } from '../domain/configuration.ts';
import type { SessionFacts } from '../domain/facts.ts';
import type { LoadedSession } from '../store/sessions.ts';
import { getRequestContext } from './request_context.ts';

/** The live session of a browser somebody is signed in with, and the configuration it was judged by. */
export interface BrowserSession {
  loaded: LoadedSession & { facts: SessionFacts };
  configuration: Configuration;
}

/**
 * The session that the request's cookie names; undefined where nobody is signed in or it is over by the
 * limits in force, which ends it. Looking is no activity. Only inside a request's context.
 */
export async function findBrowserSession(
  provider: Provider,
  ctx: Context,
): Promise<BrowserSession | undefined> {
  const { uid } = await provider.Session.get(ctx);
  const { sessionsById, configuration } = getRequestContext();
  const loaded = sessionsById.get(uid);
  return loaded?.facts && { loaded: { ...loaded, facts: loaded.facts }, configuration };
}

/** Let the browser forget its session: it was signed out there. */
export function forgetBrowserSession(provider: Provider, ctx: Context): void {
  ctx.cookies.set(provider.cookieName('session'), null, { signed: true, sameSite: 'lax', overwrite: true });
}
