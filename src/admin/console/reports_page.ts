import { sendPage } from '../../http/send_page.ts';
import { describeCompliance } from '../../reports/describe_compliance.ts';
import { renderCompliancePage } from '../../reports/render_compliance_page.ts';
import { reportCompliance } from '../../reports/report_compliance.ts';
import { consoleReportsPage } from '../../../views/console/reports.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

/** Policies against their baselines: read from the configuration alone. */
export async function showReports(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const report = await readReport(dependencies);
  const shell = await describeShell(dependencies, visit);
  const page = consoleReportsPage(shell, {
    day: report.day,
    ...describeCompliance(report),
    fileUrl: `${consoleRoot}/reports/compliance.html`,
  });
  sendPage(visit.ctx, page);
}

/** The same as `curfew report compliance --html` makes it. */
export async function exportCompliance(
  { ctx }: ConsoleVisit,
  dependencies: ConsoleDependencies,
): Promise<void> {
  const report = await readReport(dependencies);
  ctx.attachment('compliance.html');
  ctx.set('Cache-Control', 'no-store');
  ctx.body = renderCompliancePage(report);
}

async function readReport({ database, fixedFacts, configuration }: ConsoleDependencies) {
  return await reportCompliance(database, fixedFacts, { configuration: await configuration() });
}
