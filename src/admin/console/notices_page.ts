import { fromEpochMilliseconds } from '../../domain/instants.ts';
import { isUuid } from '../../domain/uuid.ts';
import { describePast } from '../../http/describe_moment.ts';
import { readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { replayNotices } from '../../operations/replay_notices.ts';
import { listNotices } from '../../store/undelivered_notices.ts';
import { consoleNoticesPage, consoleReplayPage } from '../../../views/console/notices.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { readQueries } from './query.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const noticesPath = `${consoleRoot}/notices`;
const mostListed = 200;

/** Notices that were given up. */
export async function showNotices(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const rows = await listNotices(dependencies.database, { deadOnly: true, most: mostListed + 1 });
  const past = (iso: string) => describePast(fromEpochMilliseconds(Date.parse(iso)), visit.now);
  const shell = await describeShell(dependencies, visit);
  const page = consoleNoticesPage(shell, {
    notices: rows.slice(0, mostListed).map(({ queuedAt, deadAt, lastError, ...notice }) => ({
      ...notice,
      queued: past(queuedAt),
      givenUp: past(deadAt ?? queuedAt),
      lastError: lastError ?? '',
    })),
    isCut: rows.length > mostListed,
  });
  sendPage(visit.ctx, page);
}

export async function showReplay(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx } = visit;
  const isAll = ctx.query.all === '1';
  const chosen = readQueries(ctx, 'notice', 36).filter(isUuid).slice(0, mostListed);
  if (!isAll && chosen.length === 0) {
    leaveNotice(ctx, consoleRoot, 'Choose at least one notice.');
    return seeOther(ctx, noticesPath);
  }
  const shell = await describeShell(dependencies, visit);
  sendPage(ctx, consoleReplayPage(shell, { chosen: isAll ? undefined : chosen }));
}

/** Throws Problem where one of them was tried again or delivered meanwhile. */
export async function submitReplay(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, origin } = visit;
  const field = readField(ctx, 'notices', mostListed * 37);
  const wanted = field === 'all' ? field : field.split(' ').filter(isUuid);
  const count = await change(dependencies, (tx) => replayNotices(tx, wanted, origin));
  leaveNotice(ctx, consoleRoot, `${count === 1 ? 'One notice is' : `${count} notices are`} tried again.`);
  seeOther(ctx, noticesPath);
}
