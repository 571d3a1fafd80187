import { z } from 'zod';
import { renderMonthlyPage } from '../../../reports/render_monthly_page.ts';
import { reportMonthly } from '../../../reports/report_monthly.ts';
import type { MonthlyReport, ReasonCount } from '../../../reports/report_monthly.ts';
import { defineRoute } from '../route.ts';
import { complianceAnswer, describeCompliance } from './compliance_answer.ts';
import { controlsAnswer, describeControls } from './controls_answer.ts';
import { describeTimeoutRow, timeoutRow } from './timeout_row.ts';
import { describeUsageRow, usageRow } from './usage_row.ts';

const asked = {
  method: 'GET',
  scope: 'curfew:read',
  query: z.strictObject({
    month: z
      .string()
      .regex(/^20\d\d-(0[1-9]|1[0-2])$/, { error: 'must be a month such as 2026-10' })
      .exactOptional()
      .meta({ description: 'Absent: the last one that is over.' }),
  }),
} as const;

const reasons = z.array(z.object({ reason: z.string(), count: z.number().int() }));
const monthlyAnswer = z.object({
  month: z.string(),
  day: z.string().meta({ description: 'UTC: the day of the report, of which it tells what is live.' }),
  is_whole: z.boolean().meta({ description: 'Whether the month is over.' }),
  is_demo: z.boolean().meta({ description: 'Whether any of it is made up, as `npm start` does.' }),
  live: z
    .array(z.object({ policy: z.string(), count: z.number().int() }))
    .meta({ description: 'By the policy of the idle limit. Estimated where there are many.' }),
  ended_sessions: reasons,
  ended_families: reasons,
  refused_refreshes: reasons,
  usage: z.array(usageRow),
  timeouts: z.array(timeoutRow),
  compliance: complianceAnswer,
  controls: controlsAnswer,
});

export const readMonthly = defineRoute({
  ...asked,
  path: '/reports/monthly',
  operationId: 'readMonthly',
  summary: 'A month: ends, refusals, limits and compliance. Of roll-ups, but for what is live now.',
  answer: monthlyAnswer,
  async handle({ query }, { database, fixedFacts }) {
    return { body: describeMonth(await reportMonthly(database, fixedFacts, query.month)) };
  },
});

export const readMonthlyPage = defineRoute({
  ...asked,
  path: '/reports/monthly.html',
  operationId: 'readMonthlyPage',
  summary: 'The same as a page that loads nothing: to save, to print or to mail.',
  type: 'text/html',
  answer: z.string(),
  async handle({ query }, { database, fixedFacts }) {
    return { body: renderMonthlyPage(await reportMonthly(database, fixedFacts, query.month)) };
  },
});

function describeMonth(report: MonthlyReport): z.input<typeof monthlyAnswer> {
  const copy = (counts: readonly ReasonCount[]) => counts.map(({ reason, count }) => ({ reason, count }));
  return {
    month: report.month,
    day: report.day,
    is_whole: report.isWhole,
    is_demo: report.isDemo,
    live: report.live,
    ended_sessions: copy(report.endedSessions),
    ended_families: copy(report.endedFamilies),
    refused_refreshes: copy(report.refusedRefreshes),
    usage: report.usage.map(describeUsageRow),
    timeouts: report.timeouts.map(describeTimeoutRow),
    compliance: describeCompliance(report.compliance),
    controls: describeControls(report.controls),
  };
}
