import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compliancePage } from '../../views/compliance.ts';
import { describeCompliance } from './describe_compliance.ts';
import type { DatedCompliance } from './report_compliance.ts';

/** The report as one HTML document that loads nothing: to save, to send, to print. */
export function renderCompliancePage(report: DatedCompliance): string {
  const css = readFileSync(new URL('../../views/assets/report.css', import.meta.url), 'utf8');
  const cssHash = createHash('sha256').update(css).digest('base64');
  return compliancePage({ css, cssHash, day: report.day, ...describeCompliance(report) }).toString();
}
