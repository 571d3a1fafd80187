import { csvLine } from '../../domain/csv_line.ts';
import { describeDuration, formatDuration } from '../../domain/durations.ts';
import { prematureWithin } from '../../domain/usage.ts';
import { sendPage } from '../../http/send_page.ts';
import { describeSubject, sayNumber } from '../../reports/describe_suggestion.ts';
import { describeCircumstances, describeNeeded, sayShare } from '../../reports/describe_timeouts.ts';
import { gatherEnds } from '../../reports/gather_ends.ts';
import type { GatheredEnds } from '../../reports/gather_ends.ts';
import { holdsDemoData } from '../../reports/holds_demo_data.ts';
import { plotShares } from '../../reports/plot_shares.ts';
import { reportTimeouts } from '../../reports/report_timeouts.ts';
import type { TimeoutReport, TimeoutRow } from '../../reports/report_timeouts.ts';
import type { UsageKey } from '../../store/usage_days.ts';
import { consoleTimeoutsPage } from '../../../views/console/timeouts.ts';
import type { ListedTimeouts } from '../../../views/console/timeouts.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { readQuery } from './query.ts';
import { sendCsv } from './send_csv.ts';
import { usagePath } from './usage_page.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const path = `${consoleRoot}/reports/timeouts`;
const since = 30 * 86_400;
const mostBars = 12;
const mostRows = 200;

const keys: Readonly<Record<UsageKey, { choice: string; label?: string }>> = {
  policy: { choice: 'Policies alone' },
  client: { choice: 'Apps, too', label: 'App' },
  role: { choice: 'Roles, too', label: 'Role' },
};
const isKey = (text: string): text is UsageKey => Object.hasOwn(keys, text);

/** Ends by a limit, and how many of their users were back at once. */
export async function showTimeouts(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { by, rows } = await loadTimeouts(visit, dependencies);
  const worst = gatherEnds(rows).toSorted((a, b) => b.premature - a.premature);
  const shell = await describeShell(dependencies, visit);
  const page = consoleTimeoutsPage(shell, {
    isDemo: await holdsDemoData(dependencies.database),
    summary: summarise(rows),
    by,
    choices: Object.entries(keys).map(([value, { choice }]) => ({ value, label: choice })),
    keyLabel: keys[by].label,
    plot: rows.length === 0 ? undefined : plotWorst(worst.slice(0, mostBars), by),
    plotNote: describeCut(worst.length),
    rows: worst.slice(0, mostRows).map((row) => describeRow(row, by)),
    fileUrl: `${path}.csv?by=${by}`,
  });
  sendPage(visit.ctx, page);
}

/** Every row as a file. */
export async function exportTimeouts(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { by, rows } = await loadTimeouts(visit, dependencies);
  const head =
    'policy policy_version of field reason limit key ends premature share low high background step_up workflow';
  sendCsv(visit, 'timeouts.csv', [
    csvLine([...head.split(' '), 'suggested_limit', 'capped_by']),
    ...rows.map((row) =>
      csvLine([
        row.policy,
        row.policyVersion,
        row.of,
        row.field,
        row.reason,
        formatDuration(row.limit),
        by === 'policy' ? null : row.key,
        row.ends,
        row.premature,
        row.share,
        row.low,
        row.high,
        row.background,
        row.stepUp,
        row.workflow,
        row.suggested === undefined ? null : formatDuration(row.suggested),
        row.cappedBy ?? null,
      ]),
    ),
  ]);
}

async function loadTimeouts(
  { ctx }: ConsoleVisit,
  { database }: ConsoleDependencies,
): Promise<TimeoutReport> {
  const asked = readQuery(ctx, 'by', 10);
  return await reportTimeouts(database, {
    since,
    within: prematureWithin,
    by: isKey(asked) ? asked : 'policy',
  });
}

function describeRow(row: GatheredEnds, by: UsageKey): ListedTimeouts {
  const { with: bound, policy, policyVersion: version, key, limit, ends, premature, reason } = row;
  return {
    policy,
    url: `${usagePath}/${encodeURIComponent(policy)}`,
    version,
    key: by === 'policy' ? undefined : (key ?? (by === 'client' ? 'Any' : 'None')),
    limit: `${describeDuration(limit)}, ${reason}`,
    subject: bound ? 'Sessions, and apps with them' : describeSubject(row),
    ends: sayCount(ends),
    premature: sayCount(premature),
    share: sayShare(row),
    circumstances: describeCircumstances(row),
    bound: bound && {
      ends: sayCount(bound.ends),
      premature: sayCount(bound.premature),
      share: sayShare(bound),
      circumstances: describeCircumstances(bound),
    },
    needed: describeNeeded(row) || 'Nobody was interrupted',
  };
}

const sayCount = (count: number): string => count.toLocaleString('en-GB');

function plotWorst(rows: readonly TimeoutRow[], by: UsageKey) {
  const [worst] = rows;
  const label = ({ policy, key, limit, of }: TimeoutRow) =>
    [
      policy,
      by !== 'policy' && (key ?? (by === 'client' ? 'any app' : 'no role')),
      formatDuration(limit),
      of === 'family' && 'apps',
    ]
      .filter(Boolean)
      .join(', ');
  return plotShares({
    id: 'premature',
    title: 'Ends that came too early, of all ends by each limit',
    description: worst
      ? `Each share with the range in which it truly lies, 95 times of 100. The most came too early under ${worst.policy}: ${sayNumber(worst.premature)} of ${sayNumber(worst.ends)}.`
      : '',
    bars: rows.map((row) => ({ ...row, label: label(row), text: sayShare(row) })),
  });
}

function describeCut(all: number): string | undefined {
  if (all > mostRows)
    return `The ${mostBars} with the most are drawn, the ${mostRows} with the most listed; the file has all ${all}.`;
  return all > mostBars ? `The ${mostBars} with the most are drawn.` : undefined;
}

function summarise(rows: readonly TimeoutRow[]): string {
  const say = (of: TimeoutRow['of'], what: string) => {
    const own = rows.filter((row) => row.of === of);
    const sum = (name: 'ends' | 'premature') => own.reduce((all, row) => all + row[name], 0);
    return `${sum('premature').toLocaleString('en-GB')} of ${sum('ends').toLocaleString('en-GB')} ${what}`;
  };
  if (rows.length === 0) return 'there were none.';
  return `${say('session', 'ends of sessions')}, and ${say('family', 'ends of the access of apps')}.`;
}
