import { describeFuture, describePast } from '../../http/describe_moment.ts';
import { sendPage } from '../../http/send_page.ts';
import { findAccountByUsername } from '../../store/accounts.ts';
import { consoleSessionsPage } from '../../../views/console/sessions.ts';
import type { ListedSession } from '../../../views/console/sessions.ts';
import { sessionCursor } from '../live_cursors.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { accountPath } from './describe_events.ts';
import { findLiveSessions } from './find_live_sessions.ts';
import type { JudgedLiveSession } from './find_live_sessions.ts';
import { linkPages, readPlace, readQuery } from './query.ts';
import { describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const perPage = 50;
const soonSeconds = 3600;

/** Live sessions, by person, app and policy, and those that end within the hour. */
export async function showSessions(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration } = visit;
  const { database } = dependencies;
  const filter = {
    person: readQuery(ctx, 'person'),
    client: readQuery(ctx, 'client'),
    policy: readQuery(ctx, 'policy'),
    isSoon: ctx.query.soon === '1',
  };
  const account = filter.person === '' ? undefined : await findAccountByUsername(database, filter.person);
  const isUnknown = filter.person !== '' && !account;
  const wanted = {
    accountId: account?.account.accountId,
    clientId: filter.client || undefined,
    policy: filter.policy || undefined,
    endsWithin: filter.isSoon ? soonSeconds : undefined,
  };
  const page = { after: readPlace(ctx, sessionCursor), most: perPage };
  const found = isUnknown
    ? { sessions: [], isCut: false }
    : await findLiveSessions(database, configuration, wanted, page);
  const shell = await describeShell(dependencies, visit);
  const props = {
    filter,
    policies: [...configuration.policies.keys()].toSorted(),
    sessions: found.sessions.map(describeListed),
    ...linkPages(ctx, 'next' in found ? found.next : undefined, found.isCut),
  };
  sendPage(ctx, consoleSessionsPage(shell, props));
}

/** A session as a list shows it. */
export function describeListed({
  session,
  username,
  address,
  limits,
  life,
  now,
}: JudgedLiveSession): ListedSession {
  return {
    sessionId: session.sessionId,
    username,
    accountUrl: accountPath(session.accountId),
    clients: session.clientIds,
    address,
    lastActive: describePast(session.lastActivityAt, now),
    idleEnd: describeFuture(life.idleEndAt, now),
    absoluteEnd: describeFuture(life.absoluteEndAt, now),
    policies: [...new Set([limits.session_idle.policy, limits.session_absolute.policy])],
  };
}
