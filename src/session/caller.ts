import type { Context } from 'koa';
import { judgeSession } from '../operations/judge_session.ts';
import type { JudgedSession } from '../operations/judge_session.ts';
import { findSessionByCookie } from '../store/sessions.ts';
import type { SessionDependencies } from './dependencies.ts';

/** The session that the browser's cookie names, ended or not; undefined: there is none that somebody signed in to. */
export async function findCallersSession(
  ctx: Context,
  { database, configurations, readCookieHash }: SessionDependencies,
): Promise<JudgedSession | undefined> {
  const cookieHash = readCookieHash(ctx);
  if (!cookieHash) return undefined;
  const loaded = await findSessionByCookie(database, cookieHash);
  return await judgeSession((version) => configurations.atLeast(version), loaded);
}
