import { describeDuration } from '../domain/durations.ts';
import { endReasons, refusalReasons } from '../domain/reasons.ts';
import { monthlyPage } from '../../views/monthly.ts';
import type { MonthlyLimit, MonthlyPageProps, MonthlyTable } from '../../views/monthly.ts';
import { describeCompliance } from './describe_compliance.ts';
import { renderControlsText } from './describe_controls.ts';
import {
  describeSubject,
  describeSuggestion,
  joinSubjects,
  listUsageFacts,
  sayVerdict,
} from './describe_suggestion.ts';
import { describeNeeded, sayShare } from './describe_timeouts.ts';
import { gatherAlike } from './gather_alike.ts';
import { gatherEnds } from './gather_ends.ts';
import { plotFrontier } from './plot_frontier.ts';
import { readReportStyle } from './read_report_style.ts';
import type { MonthlyReport, ReasonCount } from './report_monthly.ts';
import type { TimeoutRow } from './report_timeouts.ts';
import type { UsageRow } from './report_usage.ts';

/** The month as one HTML document that loads nothing: to save, to send, to print. */
export function renderMonthlyPage(report: MonthlyReport): string {
  return monthlyPage({ ...readReportStyle(), ...describeMonth(report) }).toString();
}

/** What a page about a month says. */
export function describeMonth(report: MonthlyReport): Omit<MonthlyPageProps, 'css' | 'cssHash'> {
  const { day, live, usage, timeouts, compliance } = report;
  const isFailed = ({ rows }: { rows: readonly { verdict: string }[] }) =>
    rows.some(({ verdict }) => verdict !== 'pass');
  const { summary, groups } = describeCompliance(compliance);
  return {
    heading: `Access in ${sayMonth(report.month)}`,
    day,
    summary: summariseMonth(report),
    notes: listNotes(report),
    tables: [
      {
        heading: 'Live sessions',
        caption: `On ${day}, by the policy that sets their idle limit; estimated where there are many`,
        columns: ['Policy', 'Live'],
        rows: live.map(({ policy, count }) => [policy, say(count)]),
        empty: 'There is no policy.',
      },
      describeReasons('Ended sessions', report.endedSessions, 'No session ended.'),
      describeReasons('Ended access of apps', report.endedFamilies, 'No access of an app ended.'),
      describeReasons('Refused refreshes', report.refusedRefreshes, 'No refresh was refused.'),
    ],
    limits: gatherAlike(usage).map(describeLimit),
    limitsEmpty: 'Nothing ended under an idle limit.',
    timeouts: describeTimeouts(timeouts),
    compliance: {
      summary,
      groups: groups.filter(isFailed).map(({ rows, ...group }) => ({
        ...group,
        rows: rows.filter(({ verdict }) => verdict !== 'pass'),
      })),
    },
    controls: renderControlsText(report.controls).trimEnd().split('\n'),
  };
}

const say = (count: number): string => count.toLocaleString('en-GB');
const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `October 2026`. */
export const sayMonth = (month: string): string => monthName.format(new Date(`${month}-01T00:00:00Z`));

/** The month in one line, for the head of the page and of a mail. */
export function summariseMonth({
  endedSessions,
  refusedRefreshes,
  usage,
  compliance,
  controls,
}: MonthlyReport): string {
  const sum = (counts: readonly ReasonCount[]) => say(counts.reduce((all, { count }) => all + count, 0));
  const policiesOf = (verdict: UsageRow['verdict']) =>
    new Set(usage.filter((row) => row.verdict === verdict).map(({ policy }) => policy)).size;
  const found = controls.findings.reduce((all, { count }) => all + count, 0);
  return [
    `${sum(endedSessions)} sessions ended, ${sum(refusedRefreshes)} refreshes were refused.`,
    `Policies too strict: ${policiesOf('too_strict')}, too loose: ${policiesOf('too_loose')}.`,
    `Requirements missed: ${compliance.counts.fail}. Found alive past a limit: ${found}.`,
  ].join(' ');
}

function listNotes({ month, isWhole, isDemo, day }: MonthlyReport): string[] {
  return [
    ...(isDemo ? ['This is demo data: the trail begins with thirty days of a made-up company.'] : []),
    ...(isWhole ? [] : [`${sayMonth(month)} is not over: it is told as far as ${day}.`]),
  ];
}

const meanings: Readonly<Record<string, string>> = { ...endReasons, ...refusalReasons };

function describeReasons(heading: string, counts: readonly ReasonCount[], empty: string): MonthlyTable {
  return {
    heading,
    caption: 'By reason, as the sealed trail tells',
    columns: ['Reason', 'What it means', 'How often'],
    rows: counts.map(({ reason, count }) => [reason, meanings[reason] ?? '', say(count)]),
    empty,
  };
}

function describeLimit(rows: readonly [UsageRow, ...UsageRow[]], at: number): MonthlyLimit {
  const [row] = rows;
  const { policy, policyVersion, verdict, limit, longest } = row;
  const subject = joinSubjects(rows.map(describeSubject));
  const suggestion = describeSuggestion(row);
  return {
    heading: `${policy}, version ${policyVersion}: ${subject}, ${describeDuration(limit)}`,
    verdict: sayVerdict(verdict),
    isToChange: verdict === 'too_strict' || verdict === 'too_loose',
    text: suggestion,
    facts: listUsageFacts(rows),
    plot:
      verdict === 'too_few'
        ? undefined
        : plotFrontier({
            ...row,
            id: `frontier-${at}`,
            title: `${policy}: interruptions per 1,000 against hours open for nobody per 1,000`,
            description: suggestion,
            longest: longest?.seconds,
          }),
  };
}

function describeTimeouts(rows: readonly TimeoutRow[]): MonthlyTable {
  return {
    heading: 'Premature timeouts',
    caption: 'Ends by a limit whose users signed in again for the same app within 15 minutes',
    columns: ['Limit', 'Ends', 'Too early', 'What would be enough'],
    rows: gatherEnds(rows).map(({ with: bound, ...row }) => [
      `${row.policy}, ${bound ? 'sessions in the browser, and apps with them' : describeSubject(row).toLowerCase()}: ${describeDuration(row.limit)}`,
      [row, bound].flatMap((each) => (each ? [say(each.ends)] : [])).join(', apps '),
      [row, bound]
        .flatMap((each) => (each ? [`${say(each.premature)}, ${sayShare(each)}`] : []))
        .join(', apps '),
      describeNeeded(row) || 'Nobody was interrupted',
    ]),
    empty: 'No limit has ended anything.',
  };
}
