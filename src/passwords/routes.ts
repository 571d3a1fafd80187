import type { Context, Middleware } from 'koa';
import { passwordLinkPath } from '../domain/password_links.ts';
import { parseForm } from '../http/forms.ts';
import type { PasswordDependencies } from './dependencies.ts';
import {
  forgottenPasswordPath,
  linkSentPath,
  showForgottenPassword,
  showLinkSent,
  submitForgottenPassword,
} from './forgotten_password_page.ts';
import { passwordSetPath, showPasswordSet, showSetPassword, submitSetPassword } from './set_password_page.ts';

type Page = (ctx: Context, dependencies: PasswordDependencies) => Promise<void> | void;

const shown: Readonly<Record<string, Page>> = {
  [forgottenPasswordPath]: showForgottenPassword,
  [linkSentPath]: showLinkSent,
  [passwordLinkPath]: showSetPassword,
  [passwordSetPath]: showPasswordSet,
};

const submitted: Readonly<Record<string, Page>> = {
  [forgottenPasswordPath]: submitForgottenPassword,
  [passwordLinkPath]: submitSetPassword,
};

export const passwordAddresses = { pages: Object.keys(shown), forms: Object.keys(submitted) };

/** Without a mail server nobody is promised a mail. */
const needMail = new Set([forgottenPasswordPath, linkSentPath]);

export function passwordRoutes(dependencies: PasswordDependencies): Middleware {
  return async (ctx, next) => {
    if (!dependencies.sendsMail && needMail.has(ctx.path)) return await next();
    if (ctx.method === 'POST') {
      const submit = submitted[ctx.path];
      if (!submit) return await next();
      return await parseForm(ctx, async () => await submit(ctx, dependencies));
    }
    const show = ctx.method === 'GET' || ctx.method === 'HEAD' ? shown[ctx.path] : undefined;
    if (!show) return await next();
    await show(ctx, dependencies);
  };
}
