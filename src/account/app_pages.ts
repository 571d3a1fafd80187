import type { Context } from 'koa';
import { readField } from '../http/forms.ts';
import { leaveNotice } from '../http/notice_cookie.ts';
import { sendPage } from '../http/send_page.ts';
import { removeTotpFactor } from '../operations/remove_totp_factor.ts';
import { renameTotpFactor } from '../operations/rename_totp_factor.ts';
import { countFactors, listTotpFactors } from '../store/second_factors.ts';
import { accountAppPage } from '../../views/account_app.ts';
import { isAlwaysAskedForMfa } from './always_asked.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One of the visitor's own authenticators, named by the end of the path; 404 for any other. */
export async function showApp(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const factors = await listTotpFactors(database, visit.accountId);
  const factor = factors.find(({ factorId }) => ctx.path.endsWith(`/${factorId}`));
  if (!factor) return ctx.throw(404);
  const { factorId, name } = factor;
  const { passkeys } = await countFactors(database, visit.accountId);
  const page = accountAppPage(pageContext(), {
    csrfToken: visit.csrfToken,
    factorId,
    name,
    isLast: factors.length === 1 && passkeys === 0,
    isAlwaysAsked: isAlwaysAskedForMfa(visit),
  });
  sendPage(ctx, page);
}

export async function renameApp(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, origin }: Visit,
): Promise<void> {
  const factorId = readFactorId(ctx, 'app');
  const name = readField(ctx, 'name', 60).trim();
  const isRenamed = await database.transaction((tx) =>
    renameTotpFactor(tx, { accountId, factorId, name }, origin),
  );
  if (!isRenamed) ctx.throw(404);
  leaveNotice(ctx, securityPath, 'The app has its new name.');
  seeOther(ctx, securityPath);
}

export async function removeApp(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, configuration, origin, session: { sessionId: keeps } }: Visit,
): Promise<void> {
  const factorId = readFactorId(ctx, 'app');
  const left = await database.transaction((tx) =>
    removeTotpFactor(tx, configuration, { accountId, factorId, keeps }, origin),
  );
  if (left === undefined) ctx.throw(404);
  leaveNotice(ctx, securityPath, 'The app is removed, and you are signed out everywhere else.');
  seeOther(ctx, securityPath);
}

/** The identifier of a second factor in a form's field. Throws 404 where it is none. */
export function readFactorId(ctx: Context, field: 'app' | 'passkey'): string {
  const factorId = readField(ctx, field, 36);
  return idPattern.test(factorId) ? factorId : ctx.throw(404);
}
