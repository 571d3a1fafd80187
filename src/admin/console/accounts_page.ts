import { z } from 'zod';
import { sendPage } from '../../http/send_page.ts';
import { pageAccounts } from '../../store/account_pages.ts';
import { consoleAccountsPage } from '../../../views/console/accounts.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { accountPath } from './describe_events.ts';
import { linkPages, readPlace, readQuery } from './query.ts';
import { describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const perPage = 50;

/** Accounts by the beginning of their username, and by role. */
export async function showAccounts(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration } = visit;
  const filter = { username: readQuery(ctx, 'username'), role: readQuery(ctx, 'role', 100) };
  const { accounts, next, isCut } = await pageAccounts(dependencies.database, {
    prefix: filter.username || undefined,
    role: filter.role || undefined,
    after: readPlace(ctx, z.string()),
    most: perPage,
  });
  const shell = await describeShell(dependencies, visit);
  const page = consoleAccountsPage(shell, {
    filter,
    roles: [...configuration.roles.keys()].toSorted(),
    accounts: accounts.map(({ accountId, username, name, email, roles, disabled }) => ({
      username,
      url: accountPath(accountId),
      name,
      email,
      roles,
      disabled,
    })),
    ...linkPages(ctx, next, isCut),
  });
  sendPage(ctx, page);
}
