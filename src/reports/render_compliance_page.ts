import { compliancePage } from '../../views/compliance.ts';
import { describeCompliance } from './describe_compliance.ts';
import { readReportStyle } from './read_report_style.ts';
import type { DatedCompliance } from './report_compliance.ts';

/** The report as one HTML document that loads nothing: to save, to send, to print. */
export function renderCompliancePage(report: DatedCompliance): string {
  return compliancePage({
    ...readReportStyle(),
    day: report.day,
    ...describeCompliance(report),
  }).toString();
}
