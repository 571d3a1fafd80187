import { findingKinds } from '../../domain/control_findings.ts';
import { csvLine } from '../../domain/csv_line.ts';
import { sendPage } from '../../http/send_page.ts';
import { describeControlProgress } from '../../reports/describe_controls.ts';
import { plotBars } from '../../reports/plot_bars.ts';
import { reportControls } from '../../reports/report_controls.ts';
import type { ControlState } from '../../reports/report_controls.ts';
import { consoleControlsPage } from '../../../views/console/controls.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { sendCsv } from './send_csv.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

/** What the detective control has found, and how far it has looked. */
export async function showControls(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const state = await reportControls(dependencies.database);
  const shell = await describeShell(dependencies, visit);
  const page = consoleControlsPage(shell, {
    summary: summarise(state),
    progress: describeControlProgress(state),
    plot: state.findings.length === 0 ? undefined : plotFindings(state),
    findings: state.findings.map(({ kind, count, firstSeenAt, ids }) => ({
      kind,
      meaning: findingKinds[kind],
      count: say(count),
      firstSeenAt,
      ids,
    })),
    fileUrl: `${consoleRoot}/reports/controls.csv`,
  });
  sendPage(visit.ctx, page);
}

/** The first twenty of each kind, a line each. */
export async function exportControls(visit: ConsoleVisit, { database }: ConsoleDependencies): Promise<void> {
  const { findings } = await reportControls(database);
  sendCsv(visit, 'controls.csv', [
    csvLine(['kind', 'count', 'first_seen_at', 'id']),
    ...findings.flatMap(({ kind, count, firstSeenAt, ids }) =>
      ids.map((id) => csvLine([kind, count, firstSeenAt, id])),
    ),
  ]);
}

const say = (count: number): string => count.toLocaleString('en-GB');

function summarise({ findings, completedAt }: ControlState): string {
  if (findings.length > 0)
    return `${say(findings.reduce((all, { count }) => all + count, 0))} findings stand.`;
  return completedAt === null ? 'It has not finished a run yet.' : 'Nothing was found.';
}

function plotFindings(state: ControlState) {
  return plotBars({
    id: 'findings',
    title: 'Findings that stand, by kind',
    description: summarise(state),
    bars: state.findings.map(({ kind, count }) => ({ label: kind, value: count })),
  });
}
