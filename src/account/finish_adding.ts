import type { Context } from 'koa';
import { leaveNotice } from '../http/notice_cookie.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import { keepFactorProof } from '../store/recent_proofs.ts';
import { recoveryCodesPage } from '../../views/recovery_codes.ts';
import type { AccountDependencies } from './dependencies.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

/** A second factor was added, which proves it, too: the first one of all comes with recovery codes to save. */
export async function finishAdding(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { session: { sessionId } }: Visit,
  { what, recoveryCodes }: { what: 'app' | 'passkey'; recoveryCodes: readonly string[] },
): Promise<void> {
  await keepFactorProof(database, sessionId);
  if (recoveryCodes.length > 0) {
    const next = { url: securityPath };
    return sendPage(ctx, recoveryCodesPage(pageContext(), { codes: recoveryCodes, next }));
  }
  leaveNotice(ctx, securityPath, `The ${what} is added. Your recovery codes are the same as before.`);
  seeOther(ctx, securityPath);
}
