import { findLineFault } from '../../domain/plain_line.ts';
import { Problem } from '../../domain/problems.ts';
import { describePast } from '../../http/describe_moment.ts';
import { readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { endByOperator } from '../../operations/end_by_operator.ts';
import { listLiveSessions } from '../../store/live_access.ts';
import { consoleEndSessionsPage } from '../../../views/console/sessions.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { readQueries } from './query.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const sessionsPath = `${consoleRoot}/sessions`;
/** As many as a page lists. */
const mostChosen = 50;
const longestReason = 200;

/** Which sessions were chosen, and the question why they are to end. */
export async function showEndSessions(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const chosen = readQueries(visit.ctx, 'session', 100).slice(0, mostChosen);
  await render(visit, dependencies, { chosen, reason: '' });
}

/** End them one by one: what ended meanwhile stays as it is. */
export async function submitEndSessions(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
): Promise<void> {
  const { ctx, origin } = visit;
  const chosen = readField(ctx, 'sessions', mostChosen * 101)
    .split(' ')
    .filter(Boolean)
    .slice(0, mostChosen);
  const reason = readField(ctx, 'reason', 1000).trim();
  const fault = findLineFault(reason, longestReason);
  if (fault) return await render(visit, dependencies, { chosen, reason, error: describeFault(fault) }, 422);

  let ended = 0;
  for (const sessionId of chosen) {
    const end = change(dependencies, (tx, configuration) =>
      endByOperator(tx, configuration, sessionId, origin, reason),
    );
    ended += await end.then(({ sessions }) => sessions, countGone);
  }
  leaveNotice(ctx, consoleRoot, `${ended === 1 ? 'One session has' : `${ended} sessions have`} ended.`);
  seeOther(ctx, sessionsPath);
}

/** It ended so long ago that it is forgotten. */
function countGone(error: unknown): number {
  if (error instanceof Problem && error.code === 'session_unknown') return 0;
  throw error;
}

function describeFault(fault: NonNullable<ReturnType<typeof findLineFault>>): string {
  if (fault === 'empty') return 'Say why.';
  if (fault === 'too long') return `Say it in ${longestReason} characters.`;
  return 'Leave out control characters and those that change the direction of writing.';
}

async function render(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  { chosen, reason, error }: { chosen: readonly string[]; reason: string; error?: string },
  status = 200,
): Promise<void> {
  const found = await Promise.all(
    chosen.map((id) => listLiveSessions(dependencies.database, { id, most: 1 })),
  );
  const sessions = found.flat().map(({ session, username, now }) => ({
    sessionId: session.sessionId,
    username,
    clients: session.clientIds,
    lastActive: describePast(session.lastActivityAt, now),
  }));
  if (sessions.length === 0) {
    leaveNotice(visit.ctx, consoleRoot, 'Choose at least one session that is open.');
    return seeOther(visit.ctx, sessionsPath);
  }
  const shell = await describeShell(dependencies, visit);
  sendPage(visit.ctx, consoleEndSessionsPage(shell, { sessions, reason, error }), status);
}
