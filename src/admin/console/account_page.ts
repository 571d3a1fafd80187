import { fromEpochMilliseconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { describeFuture, describePast } from '../../http/describe_moment.ts';
import { sendPage } from '../../http/send_page.ts';
import { guesserHash } from '../../operations/take_allowance.ts';
import { evaluateFamily } from '../../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../../policy/subject_limits.ts';
import { findListedAccount } from '../../store/account_listing.ts';
import type { ListedAccount } from '../../store/account_listing.ts';
import { findAccountById } from '../../store/accounts.ts';
import { listAuditWindow } from '../../store/audit_events.ts';
import { listLiveFamilies, listLiveSessions } from '../../store/live_access.ts';
import type { LiveFamily } from '../../store/live_access.ts';
import { findSignInFailures } from '../../store/sign_in_failures.ts';
import type { SignInFailures } from '../../store/sign_in_failures.ts';
import { consoleAccountPage } from '../../../views/console/accounts.ts';
import { listAccountChanges } from './account_changes.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { accountPath, describeEvent } from './describe_events.ts';
import { judge } from './find_live_sessions.ts';
import { describeListed } from './sessions_page.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const mostAccesses = 100;
const mostEvents = 20;

/** One account: who it is, how it signs in, what is open, and what happened lately. */
export async function showAccount(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration, now, path } = visit;
  const { database } = dependencies;
  const accountId = path.account_id ?? '';
  const account = await findAccountById(database, accountId);
  const listed = account && (await findListedAccount(database, account.username));
  if (!account || !listed) return ctx.throw(404);

  const failures = await findSignInFailures(database, guesserHash(account));
  const sessions = await listLiveSessions(database, { accountId, most: mostAccesses });
  const families = await listLiveFamilies(database, { accountId, most: mostAccesses });
  const { events } = await listAuditWindow(
    database,
    { accountId, withoutRefreshes: true },
    { most: mostEvents },
  );
  const usernames = new Map([[accountId, account.username]]);
  const shell = await describeShell(dependencies, visit);
  const page = consoleAccountPage(shell, {
    username: account.username,
    url: accountPath(accountId),
    facts: describeFacts(listed, failures, now),
    disabled: account.disabled,
    changes: visit.mayChange ? listAccountChanges(account, failures !== undefined) : [],
    sessions: sessions.flatMap((row) => {
      const judged = judge(configuration, row);
      return judged ? [describeListed(judged)] : [];
    }),
    apps: families.filter(({ family }) => !family.bound).flatMap((row) => describeApp(visit, row) ?? []),
    events: events.map((event) => describeEvent(event, usernames, now)),
    eventsUrl: `${consoleRoot}/audit?account=${encodeURIComponent(account.username)}`,
  });
  sendPage(ctx, page);
}

function describeFacts(account: ListedAccount, failures: SignInFailures | undefined, now: Instant) {
  const { accountId, name, email, roles, hasPassword, apps, passkeys, recoveryCodes, passwordLink } = account;
  const past = (iso: string) => describePast(fromEpochMilliseconds(Date.parse(iso)), now).distance;
  const facts: [string, string | undefined][] = [
    ['Identifier', accountId],
    ['Name', name ?? undefined],
    ['E-mail', email ?? undefined],
    ['Roles', roles.join(', ') || 'None'],
    ['Made', past(account.createdAt)],
    ['Disabled', account.disabledAt === null ? undefined : past(account.disabledAt)],
    ['Password', hasPassword ? 'Set' : 'None'],
    ['Link', passwordLink ? `One to set a password is open (${passwordLink.purpose})` : undefined],
    ['Authenticators', String(apps)],
    ['Passkeys', String(passkeys)],
    ['Recovery codes', `${recoveryCodes} left`],
    ['Wrong passwords', failures && describeFailures(failures, now)],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}

function describeFailures({ failures, lastFailedAt, blockedUntil }: SignInFailures, now: Instant): string {
  const last = `${failures} in a row, the last ${describePast(lastFailedAt, now).distance}`;
  return blockedUntil === null
    ? last
    : `${last}; nothing is looked at until ${describeFuture(blockedUntil, now).text}`;
}

/** undefined: it is over. */
function describeApp({ configuration, now }: ConsoleVisit, { family, roles }: LiveFamily) {
  const bond = { session: undefined, limits: sessionLimits(configuration, { clientIds: [] }, roles) };
  const life = evaluateFamily(family, familyLimits(configuration, family, roles), bond, now);
  if (life.over) return undefined;
  return {
    clientId: family.clientId,
    lastActive: describePast(family.lastActivityAt, now),
    idleEnd: describeFuture(life.idleEndAt, now),
    absoluteEnd: describeFuture(life.absoluteEndAt, now),
  };
}
