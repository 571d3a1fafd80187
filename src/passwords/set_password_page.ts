import type { Context } from 'koa';
import type { Origin } from '../domain/origin.ts';
import { passwordLinkPath } from '../domain/password_links.ts';
import { describePasswordFault } from '../http/describe_password_fault.ts';
import { readField } from '../http/forms.ts';
import { seeOther } from '../http/see_other.ts';
import { sendPage } from '../http/send_page.ts';
import type { OpenedPasswordLink } from '../operations/set_password.ts';
import { linkOverPage } from '../../views/link_over.ts';
import { passwordSetPage } from '../../views/password_set.ts';
import { setPasswordPage } from '../../views/set_password.ts';
import type { PasswordDependencies } from './dependencies.ts';
import { forgottenPasswordPath } from './forgotten_password_page.ts';

export const passwordSetPath = '/set-password/done';

/** Most that is read of a field, so that one too long is called so. */
const longestField = 10_000;
const longestToken = 100;

/** Holds the link's token once the page is opened: its address, which goes into histories and logs, has it no more. */
const linkCookie = 'curfew_link';
const cookieOptions = { signed: true, sameSite: 'lax', overwrite: true, path: passwordLinkPath } as const;

/** Opening a link uses nothing: programs that look at mails open links, too. */
export async function showSetPassword(ctx: Context, dependencies: PasswordDependencies): Promise<void> {
  const { token } = ctx.query;
  if (token !== undefined) return keepToken(ctx, token);
  const found = await findLink(ctx, dependencies);
  if (!found) return renderOver(ctx, dependencies);
  render(ctx, dependencies, found, {});
}

export async function submitSetPassword(ctx: Context, dependencies: PasswordDependencies): Promise<void> {
  const { csrf, setPassword } = dependencies;
  const found = await findLink(ctx, dependencies);
  if (!found) return renderOver(ctx, dependencies);
  if (!csrf.check(csrfSubject(found.token), readField(ctx, 'csrf', 100))) ctx.throw(403);
  const change = { token: found.token, password: readField(ctx, 'new_password', longestField) };
  const verdict = await setPassword(change, ctx.state.origin as Origin);
  if (!verdict.set) {
    if (verdict.reason === 'link_over') return renderOver(ctx, dependencies);
    const error = describePasswordFault(verdict.reason, found.link.shortest);
    return render(ctx, dependencies, found, { error }, 422);
  }
  forgetToken(ctx);
  seeOther(ctx, passwordSetPath);
}

export function showPasswordSet(ctx: Context, { pageContext }: PasswordDependencies): void {
  sendPage(ctx, passwordSetPage(pageContext(), { signInUrl: '/account' }));
}

function keepToken(ctx: Context, token: string | string[]): void {
  const isToken = typeof token === 'string' && token.length <= longestToken && /^[\w-]+$/.test(token);
  if (isToken) ctx.cookies.set(linkCookie, token, cookieOptions);
  else forgetToken(ctx);
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  seeOther(ctx, passwordLinkPath);
}

interface FoundLink {
  token: string;
  link: OpenedPasswordLink;
}

async function findLink(ctx: Context, { openLink }: PasswordDependencies): Promise<FoundLink | undefined> {
  const token = ctx.cookies.get(linkCookie, { signed: true });
  const link = token === undefined ? undefined : await openLink(token);
  return token !== undefined && link ? { token, link } : undefined;
}

function render(
  ctx: Context,
  { csrf, pageContext }: PasswordDependencies,
  { token, link: { username, purpose, shortest } }: FoundLink,
  { error }: { error?: string },
  status = 200,
): void {
  const page = setPasswordPage(pageContext(), {
    action: passwordLinkPath,
    csrfToken: csrf.issue(csrfSubject(token)),
    username,
    shortest,
    isFirst: purpose === 'invitation',
    error,
  });
  sendPage(ctx, page, status);
}

/** The same for a link that was used, replaced, too old, or never was. */
function renderOver(ctx: Context, { sendsMail, pageContext }: PasswordDependencies): void {
  const anew = sendsMail ? { forgottenPasswordUrl: forgottenPasswordPath } : {};
  forgetToken(ctx);
  sendPage(ctx, linkOverPage(pageContext(), { signInUrl: '/account', ...anew }), 404);
}

function forgetToken(ctx: Context): void {
  if (ctx.cookies.get(linkCookie) !== undefined) ctx.cookies.set(linkCookie, null, cookieOptions);
}

function csrfSubject(token: string): string {
  return `set-password ${token}`;
}
