import { endReasons, refusalReasons } from '../../domain/reasons.ts';
import { sendPage } from '../../http/send_page.ts';
import { plotBars, plotColumns } from '../../reports/plot_bars.ts';
import { reportActivity } from '../../reports/report_activity.ts';
import type { ActivityReport, ActivityRow } from '../../reports/report_activity.ts';
import { consoleOverviewPage } from '../../../views/console/overview.ts';
import type { PlottedTable } from '../../../views/console/plotted_table.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

/** What goes on: how much is open, what ended and what was refused. */
export async function showOverview(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const report = await reportActivity(dependencies.database, visit.configuration);
  const shell = await describeShell(dependencies, visit);
  const tables = [
    describeLive(report),
    describeReasons(
      'ends',
      'Ended sessions',
      'Why sessions ended',
      report.ends,
      'No session ended in the last week.',
    ),
    describeReasons(
      'refusals',
      'Refused refreshes',
      'Why refreshes were refused',
      report.refusals,
      'No refresh was refused in the last week.',
    ),
    describeStepUps(report, visit.now),
  ];
  sendPage(visit.ctx, consoleOverviewPage(shell, { tables }));
}

const say = (count: number): string => count.toLocaleString('en-GB');

function describeLive({ live }: ActivityReport): PlottedTable {
  const all = live.reduce((sum, { count }) => sum + count, 0);
  return {
    heading: 'Live sessions',
    plot: plotBars({
      id: 'live',
      title: 'Live sessions by policy',
      description: `${say(all)} live sessions, by the policy that sets their idle limit.`,
      bars: live.map(({ policy, count }) => ({ label: policy, value: count })),
    }),
    caption: 'Live sessions by the policy that sets their idle limit',
    columns: ['Policy', 'Live now'],
    rows: live.map(({ policy, count }) => ({ name: policy, numbers: [say(count)] })),
    empty: 'There is no policy.',
  };
}

const meanings: Readonly<Record<string, string>> = { ...endReasons, ...refusalReasons };

function describeReasons(
  id: string,
  heading: string,
  caption: string,
  rows: readonly ActivityRow[],
  empty: string,
): PlottedTable {
  const all = rows.reduce((sum, { week }) => sum + week, 0);
  const first = rows[0]?.label ?? '';
  return {
    heading,
    plot: plotBars({
      id,
      title: `${heading} in the last week, by reason`,
      description: `${say(all)} in the last seven days. The most frequent: ${first}. ${meanings[first] ?? ''}`,
      bars: rows.map(({ label, week }) => ({ label, value: week })),
    }),
    caption: `${caption}, in the last day and week`,
    columns: ['Reason', 'Last day', 'Last week'],
    rows: rows.map(({ label, day, week }) => ({ name: label, numbers: [say(day), say(week)] })),
    empty,
  };
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });
const date = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});
const dayMilliseconds = 86_400_000;

/** By the 24 hours that end at this time of each day. */
function describeStepUps({ stepUps }: ActivityReport, now: number): PlottedTable {
  const days = stepUps.map((count, at) => ({
    count,
    end: new Date(now / 1000 - (stepUps.length - 1 - at) * dayMilliseconds),
  }));
  const all = stepUps.reduce((sum, count) => sum + count, 0);
  return {
    heading: 'Second factors proved',
    plot: plotColumns({
      id: 'step-ups',
      title: 'Second factors proved in the last week, by day',
      description: `${say(all)} in the last seven days, at sign-ins and step-ups.`,
      bars: days.map(({ count, end }) => ({ label: weekday.format(end), value: count })),
    }),
    caption: 'Second factors proved, by the 24 hours before this time of the day',
    columns: ['24 hours before', 'Proved'],
    rows: (all === 0 ? [] : days.toReversed()).map(({ count, end }) => ({
      name: date.format(end),
      numbers: [say(count)],
    })),
    empty: 'No second factor was proved in the last week.',
  };
}
