import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { foldName } from '../domain/fold_name.ts';
import type { Origin } from '../domain/origin.ts';
import { describeSecondsToWait } from '../http/describe_refused_code.ts';
import { readField } from '../http/forms.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import { forgottenPasswordPage } from '../../views/forgotten_password.ts';
import { linkSentPage } from '../../views/link_sent.ts';
import type { PasswordDependencies } from './dependencies.ts';

export const forgottenPasswordPath = '/forgotten-password';
/** Where every request ends, whether a mail leaves or not. */
export const linkSentPath = '/forgotten-password/sent';

/** Longest username or e-mail address that is read, in UTF-16 code units. */
const longestName = 254;

/** Nobody is signed in: the form belongs to this browser by a cookie that says nothing. */
const formCookie = 'curfew_form';
const cookieOptions = {
  signed: true,
  sameSite: 'lax',
  overwrite: true,
  path: forgottenPasswordPath,
} as const;

export function showForgottenPassword(ctx: Context, dependencies: PasswordDependencies): void {
  render(ctx, dependencies, {});
}

/** Whatever was named, the answer is the same, and so is the work before it. */
export async function submitForgottenPassword(
  ctx: Context,
  dependencies: PasswordDependencies,
): Promise<void> {
  const { csrf, limiter, requestLink } = dependencies;
  const form = ctx.cookies.get(formCookie, { signed: true });
  if (form === undefined || !csrf.check(csrfSubject(form), readField(ctx, 'csrf', 100))) ctx.throw(403);
  const name = readField(ctx, 'username', longestName).trim();
  if (name === '') {
    const error = 'Enter your username or e-mail address.';
    return render(ctx, dependencies, { error }, 422);
  }
  const subject = foldName(name);
  const wait =
    limiter.secondsToWait('password_link_account', subject) ||
    (await limiter.count('password_link_account', subject));
  if (wait > 0) {
    ctx.set('Retry-After', String(Math.ceil(wait)));
    return render(ctx, dependencies, { name, lockedUntilText: describeSecondsToWait(wait) }, 429);
  }
  await requestLink(name, ctx.state.origin as Origin);
  seeOther(ctx, linkSentPath);
}

export function showLinkSent(ctx: Context, { pageContext }: PasswordDependencies): void {
  sendPage(ctx, linkSentPage(pageContext(), { againUrl: forgottenPasswordPath }));
}

function render(
  ctx: Context,
  { csrf, pageContext }: PasswordDependencies,
  state: { name?: string; error?: string; lockedUntilText?: string },
  status = 200,
): void {
  let form = ctx.cookies.get(formCookie, { signed: true });
  if (form === undefined) {
    form = randomBytes(16).toString('base64url');
    ctx.cookies.set(formCookie, form, cookieOptions);
  }
  const page = forgottenPasswordPage(pageContext(), {
    action: forgottenPasswordPath,
    csrfToken: csrf.issue(csrfSubject(form)),
    ...state,
  });
  sendPage(ctx, page, status);
}

function csrfSubject(form: string): string {
  return `forgotten-password ${form}`;
}
