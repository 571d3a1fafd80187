import { csvLine } from '../../domain/csv_line.ts';
import { findingKinds } from '../../domain/control_findings.ts';
import { formatInstant } from '../../domain/instants.ts';
import { sendPage } from '../../http/send_page.ts';
import { describeControlProgress } from '../../reports/describe_controls.ts';
import { plotBars } from '../../reports/plot_bars.ts';
import { describeMonth, renderMonthlyPage, sayMonth } from '../../reports/render_monthly_page.ts';
import { reportMonthly } from '../../reports/report_monthly.ts';
import type { MonthlyReport } from '../../reports/report_monthly.ts';
import { consoleMonthlyPage } from '../../../views/console/monthly.ts';
import type { PlottedTable } from '../../../views/console/plotted_table.ts';
import type { MonthlyTable } from '../../../views/monthly.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { readQuery } from './query.ts';
import { sendCsv } from './send_csv.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const path = `${consoleRoot}/reports/monthly`;
const mostMonths = 13;

/** A month: by default the last one that is over. */
export async function showMonth(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const report = await loadMonth(visit, dependencies);
  const { compliance, ...said } = describeMonth(report);
  const counts = listCounts(report);
  const shell = await describeShell(dependencies, visit);
  const page = consoleMonthlyPage(shell, {
    ...said,
    month: report.month,
    choices: listMonths(visit).map((month) => ({ value: month, label: sayMonth(month) })),
    tables: said.tables.map((table, at) => addPlot(table, counts[at] ?? [], at)),
    compliance: compliance.summary,
    controls: listControls(report),
    pageUrl: `${path}.html?month=${report.month}`,
    fileUrl: `${path}.csv?month=${report.month}`,
  });
  sendPage(visit.ctx, page);
}

/** The same as `curfew report monthly` makes it. */
export async function exportMonthPage(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const report = await loadMonth(visit, dependencies);
  visit.ctx.attachment(`curfew-${report.month}.html`);
  visit.ctx.set('Cache-Control', 'no-store');
  visit.ctx.body = renderMonthlyPage(report);
}

/** What is counted by policy and by reason, a line each. */
export async function exportMonth(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { month, live, endedSessions, endedFamilies, refusedRefreshes } = await loadMonth(
    visit,
    dependencies,
  );
  const reasons = { ended_sessions: endedSessions, ended_families: endedFamilies, refused: refusedRefreshes };
  sendCsv(visit, `curfew-${month}.csv`, [
    csvLine(['of', 'name', 'count']),
    ...live.map(({ policy, count }) => csvLine(['live_now', policy, count])),
    ...Object.entries(reasons).flatMap(([of, counts]) =>
      counts.map(({ reason, count }) => csvLine([of, reason, count])),
    ),
  ]);
}

async function loadMonth(
  visit: ConsoleVisit,
  { database, fixedFacts }: ConsoleDependencies,
): Promise<MonthlyReport> {
  const asked = readQuery(visit.ctx, 'month', 10);
  return await reportMonthly(database, fixedFacts, listMonths(visit).includes(asked) ? asked : undefined);
}

/** This one and those before it, the newest first. */
function listMonths({ now }: ConsoleVisit): string[] {
  const [year = 0, month = 0] = formatInstant(now).split('-').map(Number);
  return Array.from({ length: mostMonths }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7),
  );
}

/** How far the control has looked, and what it found, without telling which: that is a page of its own. */
const listControls = ({ controls }: MonthlyReport): string[] => [
  ...describeControlProgress(controls),
  ...(controls.findings.length === 0 ? ['Nothing lives past its limit.'] : []),
  ...controls.findings.map(({ kind, count }) => `${kind}: ${count}. ${findingKinds[kind]}`),
];

/** The counts of each table of the month, in the same order. */
function listCounts({ live, endedSessions, endedFamilies, refusedRefreshes }: MonthlyReport) {
  return [
    live.map(({ policy, count }) => ({ label: policy, value: count })),
    ...[endedSessions, endedFamilies, refusedRefreshes].map((counts) =>
      counts.map(({ reason, count }) => ({ label: reason, value: count })),
    ),
  ];
}

function addPlot(
  { heading, caption, columns, rows, empty }: MonthlyTable,
  bars: readonly { label: string; value: number }[],
  at: number,
): PlottedTable {
  return {
    heading,
    plot: plotBars({ id: `month-${at}`, title: heading, description: `${caption}.`, bars }),
    caption: `${heading}: ${caption}`,
    columns: [columns[0] ?? '', columns.at(-1) ?? ''],
    // A reason with what it means, and how often.
    rows: rows.map((row) => ({ name: row.slice(0, -1).join(': '), numbers: row.slice(-1) })),
    empty,
  };
}
