import type { Configuration } from '../../domain/configuration.ts';
import { describeDuration } from '../../domain/durations.ts';
import { passwordLinkUrl } from '../../domain/password_links.ts';
import type { PasswordLink } from '../../domain/password_links.ts';
import { Problem } from '../../domain/problems.ts';
import { readField, readFields } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { issuePasswordLink } from '../../operations/issue_password_link.ts';
import { keepAdministrator } from '../../operations/keep_administrator.ts';
import { setRoles } from '../../operations/set_roles.ts';
import { findAccountById, findPasswordHash } from '../../store/accounts.ts';
import type { Queryable } from '../../store/database.ts';
import type { StoredAccount } from '../../store/facts_sql.ts';
import { lockAccount } from '../../store/sessions.ts';
import { consoleAccountChangePage, consoleLinkPage } from '../../../views/console/accounts.ts';
import { accountChanges } from './account_changes.ts';
import type { AccountChange, AccountChangeName } from './account_changes.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { accountPath } from './describe_events.ts';
import type { ConsoleRoute } from './route.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

type Wording = Pick<AccountChange, 'heading' | 'lead' | 'button'>;

const rolesWording: Wording = {
  heading: 'Change the roles',
  lead: 'Other roles may shorten limits: what is over by them ends within seconds. Nothing that ended is revived.',
  button: 'Save the roles',
};
const linkWording: Wording = {
  heading: 'Make a link for a password',
  lead: 'Its person sets a password with it, without knowing the last one. An earlier link is good no more.',
  button: 'Make the link',
};

/** For each change a page that asks once more, and what its form does. */
export const accountChangeRoutes: readonly ConsoleRoute[] = [
  ...Object.entries(accountChanges).flatMap(([part, wording]) =>
    twoRoutes(part, wording, (visit, dependencies) =>
      applyChange(visit, dependencies, part as AccountChangeName),
    ),
  ),
  ...twoRoutes('roles', rolesWording, submitRoles),
  ...twoRoutes('password-link', linkWording, submitLink),
];

function twoRoutes(part: string, wording: Wording, handle: ConsoleRoute['handle']): ConsoleRoute[] {
  const both = { path: `/accounts/{account_id}/${part}`, scope: 'curfew:write' } as const;
  const show: ConsoleRoute['handle'] = (visit, dependencies) =>
    showChange(visit, dependencies, part, wording);
  return [
    { ...both, method: 'GET', handle: show },
    { ...both, method: 'POST', handle },
  ];
}

async function showChange(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  part: string,
  wording: Wording,
): Promise<void> {
  const { ctx, path, configuration } = visit;
  const account = await findAccountById(dependencies.database, path.account_id ?? '');
  if (!account) return ctx.throw(404);
  const { accountId, username, version, roles } = account;
  const shell = await describeShell(dependencies, visit);
  const page = consoleAccountChangePage(shell, {
    ...wording,
    username,
    action: `${accountPath(accountId)}/${part}`,
    back: accountPath(accountId),
    version: String(version),
    roles: part === 'roles' ? describeRoles(configuration, roles) : undefined,
  });
  sendPage(ctx, page);
}

export function describeRoles({ roles }: Configuration, held: readonly string[]) {
  return [...roles.keys()].toSorted().map((name) => ({ name, held: held.includes(name) }));
}

async function applyChange(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  name: AccountChangeName,
): Promise<void> {
  const { done, apply }: AccountChange = accountChanges[name];
  const account = await changeAccount(visit, dependencies, async (tx, configuration, found) => {
    await apply(tx, configuration, found, visit.origin);
    return found;
  });
  leaveNotice(visit.ctx, consoleRoot, done);
  seeOther(visit.ctx, accountPath(account.accountId));
}

async function submitRoles(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const roles = readFields(visit.ctx, 'role', 100);
  const account = await changeAccount(visit, dependencies, async (tx, configuration, found) => {
    await keepAdministrator(tx, configuration, () => setRoles(tx, configuration, found, roles, visit.origin));
    return found;
  });
  leaveNotice(visit.ctx, consoleRoot, `The roles of ${account.username} are changed.`);
  seeOther(visit.ctx, accountPath(account.accountId));
}

async function submitLink(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { account, link } = await changeAccount(visit, dependencies, async (tx, _, found) => {
    const { accountId } = found;
    const purpose = (await findPasswordHash(tx, accountId)) === undefined ? 'invitation' : 'forgotten';
    const made = await issuePasswordLink(tx, { accountId, purpose, byOperator: true }, visit.origin);
    if (!made) throw new Problem('account_disabled', 'The account is disabled. Enable it first.');
    return { account: found, link: made };
  });
  await showLink(visit, dependencies, account, link);
}

/** Shown this once: only its hash is kept. */
export async function showLink(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  { accountId, username }: { accountId: string; username: string },
  link: PasswordLink,
): Promise<void> {
  const shell = await describeShell(dependencies, visit);
  const page = consoleLinkPage(shell, {
    username,
    accountUrl: accountPath(accountId),
    link: passwordLinkUrl(dependencies.issuer, link),
    lasts: describeDuration(link.seconds),
  });
  sendPage(visit.ctx, page);
}

/** The account, locked, as its form showed it. Throws Problem where it was changed since. */
async function changeAccount<Result>(
  { ctx, path }: ConsoleVisit,
  dependencies: ConsoleDependencies,
  work: (tx: Queryable, configuration: Configuration, account: StoredAccount) => Promise<Result>,
): Promise<Result> {
  return await change(dependencies, async (tx, configuration) => {
    const accountId = path.account_id ?? '';
    await lockAccount(tx, accountId);
    const account = await findAccountById(tx, accountId);
    if (!account) return ctx.throw(404);
    if (readField(ctx, 'version', 20) !== String(account.version))
      throw new Problem('account_unknown', 'The account was changed meanwhile. Look at it again.');
    return await work(tx, configuration, account);
  });
}
