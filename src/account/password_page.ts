import type { Context } from 'koa';
import { describePasswordFault } from '../http/describe_password_fault.ts';
import { keepDeviceCookie, readDeviceCookie } from '../http/device_cookie.ts';
import { readField } from '../http/forms.ts';
import { leaveNotice } from '../http/notice_cookie.ts';
import { sendPage } from '../http/send_page.ts';
import { renewDevice } from '../operations/attempt_sign_in.ts';
import { changePassword, shortestPasswordOf } from '../operations/change_password.ts';
import type { PasswordChangeVerdict } from '../operations/change_password.ts';
import { findAccountById } from '../store/accounts.ts';
import { hasSecondFactor } from '../store/second_factors.ts';
import { accountPasswordPage } from '../../views/account_password.ts';
import type { AccountPasswordProps } from '../../views/account_password.ts';
import { isAlwaysAskedForMfa } from './always_asked.ts';
import { limitPasswords } from './confirm_page.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import { securityPath } from './security_page.ts';
import type { Visit } from '../domain/visit.ts';

/** Most that is read of a field, so that one too long is called so. */
const longestField = 10_000;

type Fault = Exclude<PasswordChangeVerdict, { changed: true }>['reason'];

export async function showPassword(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  await render(ctx, dependencies, visit, {});
}

export async function submitPassword(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const { accountId, configuration, origin, session } = visit;
  const { database, pageContext } = dependencies;
  const change = {
    accountId,
    keeps: session.sessionId,
    current: readField(ctx, 'current_password', longestField),
    next: readField(ctx, 'new_password', longestField),
    usedAlone: await isPasswordUsedAlone(dependencies, visit),
    serviceName: pageContext().branding.name,
  };
  let fault: Fault | undefined;
  const refusal = await limitPasswords(ctx, dependencies, visit, async () => {
    const verdict = await changePassword(database, configuration, change, origin);
    if (!verdict.changed) fault = verdict.reason;
    return fault === 'wrong' ? { fault } : undefined;
  });
  if (refusal && 'lockedUntilText' in refusal) return await render(ctx, dependencies, visit, refusal, 429);
  if (fault) return await render(ctx, dependencies, visit, { fault }, 422);
  const deviceToken = readDeviceCookie(ctx);
  const limits = configuration.rateLimits ?? {};
  keepDeviceCookie(ctx, await renewDevice(database, limits, { accountId, deviceToken }));
  leaveNotice(ctx, securityPath, 'Your password is changed, and you are signed out everywhere else.');
  seeOther(ctx, securityPath);
}

/** A second factor that is not asked for at every sign-in, or not set up, is no reason for a shorter one. */
async function isPasswordUsedAlone({ database }: AccountDependencies, visit: Visit): Promise<boolean> {
  if (!isAlwaysAskedForMfa(visit)) return true;
  return !(await hasSecondFactor(database, visit.accountId));
}

async function render(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
  { fault, lockedUntilText }: { fault?: Fault; lockedUntilText?: string },
  status = 200,
): Promise<void> {
  const account = await findAccountById(dependencies.database, visit.accountId);
  if (!account) return ctx.throw(404);
  const shortest = shortestPasswordOf({ usedAlone: await isPasswordUsedAlone(dependencies, visit) });
  const page = accountPasswordPage(dependencies.pageContext(), {
    csrfToken: visit.csrfToken,
    username: account.username,
    shortest,
    error: fault && describeFault(fault, shortest),
    lockedUntilText,
  });
  sendPage(ctx, page, status);
}

function describeFault(fault: Fault, shortest: number): NonNullable<AccountPasswordProps['error']> {
  if (fault === 'wrong') return { field: 'current_password', text: 'The current password is not right.' };
  if (fault === 'same') return { field: 'new_password', text: 'The new password is the one you have.' };
  return { field: 'new_password', text: describePasswordFault(fault, shortest) };
}
