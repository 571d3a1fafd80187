import type { Context } from 'koa';
import { readField } from '../http/forms.ts';
import { leaveNotice } from '../http/notice_cookie.ts';
import { sendPage } from '../http/send_page.ts';
import { removePasskey } from '../operations/remove_passkey.ts';
import { renamePasskey } from '../operations/rename_passkey.ts';
import { listPasskeys } from '../store/passkeys.ts';
import { countFactors } from '../store/second_factors.ts';
import { accountPasskeyPage } from '../../views/account_passkey.ts';
import { readFactorId } from './app_pages.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

/** One of the visitor's own passkeys, named by the end of the path; 404 for any other. */
export async function showPasskey(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { accountId, csrfToken }: Visit,
): Promise<void> {
  const passkeys = await listPasskeys(database, accountId);
  const passkey = passkeys.find(({ passkeyId }) => ctx.path.endsWith(`/${passkeyId}`));
  if (!passkey) return ctx.throw(404);
  const { passkeyId, name } = passkey;
  const { apps } = await countFactors(database, accountId);
  const isLast = passkeys.length === 1 && apps === 0;
  sendPage(ctx, accountPasskeyPage(pageContext(), { csrfToken, passkeyId, name, isLast }));
}

export async function submitPasskeyName(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, origin }: Visit,
): Promise<void> {
  const passkeyId = readFactorId(ctx, 'passkey');
  const name = readField(ctx, 'name', 60).trim();
  const isRenamed = await database.transaction((tx) =>
    renamePasskey(tx, { accountId, passkeyId, name }, origin),
  );
  if (!isRenamed) ctx.throw(404);
  leaveNotice(ctx, securityPath, 'The passkey has its new name.');
  seeOther(ctx, securityPath);
}

export async function submitPasskeyRemoval(
  ctx: Context,
  { database }: AccountDependencies,
  { accountId, configuration, origin, session: { sessionId: keeps } }: Visit,
): Promise<void> {
  const passkeyId = readFactorId(ctx, 'passkey');
  const left = await database.transaction((tx) =>
    removePasskey(tx, configuration, { accountId, passkeyId, keeps }, origin),
  );
  if (left === undefined) ctx.throw(404);
  leaveNotice(ctx, securityPath, 'The passkey is removed, and you are signed out everywhere else.');
  seeOther(ctx, securityPath);
}
