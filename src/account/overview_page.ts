import type { Context } from 'koa';
import { sendPage } from '../http/send_page.ts';
import { findAccountById } from '../store/accounts.ts';
import { accountOverviewPage } from '../../views/account_overview.ts';
import type { AccountDependencies } from './dependencies.ts';
import { listAccess } from './list_access.ts';
import type { Visit } from '../domain/visit.ts';

export async function showOverview(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const account = await findAccountById(database, visit.accountId);
  if (!account) return ctx.throw(404);
  const { current, others, apps } = await listAccess(database, visit);
  const page = accountOverviewPage(pageContext(), {
    csrfToken: visit.csrfToken,
    username: account.username,
    name: account.name,
    email: account.email,
    device: current?.device,
    otherSessions: others.length,
    apps: apps.length,
  });
  sendPage(ctx, page);
}
