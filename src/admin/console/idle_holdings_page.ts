import { csvLine } from '../../domain/csv_line.ts';
import { describeDuration, formatDuration } from '../../domain/durations.ts';
import { sendPage } from '../../http/send_page.ts';
import { describeBytes } from '../../reports/describe_idle_holdings.ts';
import { plotBars } from '../../reports/plot_bars.ts';
import { reportIdleHoldings } from '../../reports/report_idle_holdings.ts';
import type { IdleHolding } from '../../reports/report_idle_holdings.ts';
import { consoleIdleHoldingsPage } from '../../../views/console/idle_holdings.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { sendCsv } from './send_csv.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const mostBars = 12;

/** What live sessions hold that nobody uses, by the policy of their idle limit. */
export async function showIdleHoldings(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
): Promise<void> {
  const holdings = await reportIdleHoldings(dependencies.database);
  const shell = await describeShell(dependencies, visit);
  const page = consoleIdleHoldingsPage(shell, {
    summary: summarise(holdings),
    plot: holdings.length === 0 ? undefined : plotHoldings(holdings),
    rows: holdings.map(({ policy, limit, sessions, idle, rows, bytes }) => ({
      policy,
      url: `${consoleRoot}/policies/${encodeURIComponent(policy)}`,
      limit: describeDuration(limit),
      live: say(sessions),
      idle: say(idle),
      rows: say(rows),
      bytes: describeBytes(bytes),
    })),
    fileUrl: `${consoleRoot}/reports/idle-holdings.csv`,
  });
  sendPage(visit.ctx, page);
}

/** Every row as a file. */
export async function exportIdleHoldings(
  visit: ConsoleVisit,
  { database }: ConsoleDependencies,
): Promise<void> {
  const holdings = await reportIdleHoldings(database);
  sendCsv(visit, 'idle-holdings.csv', [
    csvLine(['policy', 'session_idle', 'sessions', 'idle', 'rows', 'bytes']),
    ...holdings.map(({ policy, limit, sessions, idle, rows, bytes }) =>
      csvLine([policy, formatDuration(limit), sessions, idle, rows, bytes]),
    ),
  ]);
}

const say = (count: number): string => count.toLocaleString('en-GB');

function summarise(holdings: readonly IdleHolding[]): string {
  const sum = (name: 'sessions' | 'idle' | 'rows' | 'bytes') =>
    holdings.reduce((all, holding) => all + holding[name], 0);
  return `${say(sum('idle'))} of ${say(sum('sessions'))} sessions, with ${say(sum('rows'))} rows and ${describeBytes(sum('bytes'))}.`;
}

function plotHoldings(holdings: readonly IdleHolding[]) {
  return plotBars({
    id: 'holdings',
    title: 'Bytes that idle sessions hold, by policy',
    description: `${summarise(holdings)} The policies that hold the most come first.`,
    bars: holdings.slice(0, mostBars).map(({ policy, limit, bytes }) => ({
      label: `${policy}, ${formatDuration(limit)}`,
      value: bytes,
      text: describeBytes(bytes),
    })),
  });
}
