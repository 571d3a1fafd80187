import type { Configuration } from '../../domain/configuration.ts';
import { describeDuration, formatDuration } from '../../domain/durations.ts';
import { csvLine } from '../../domain/csv_line.ts';
import { parseWeight } from '../../domain/usage.ts';
import { sendPage } from '../../http/send_page.ts';
import { defaultWeight } from '../../policy/suggest_limit.ts';
import {
  describeSubject,
  describeSuggestion,
  joinSubjects,
  sayNumber,
  sayVerdict,
} from '../../reports/describe_suggestion.ts';
import { holdsDemoData } from '../../reports/holds_demo_data.ts';
import { reportUsage } from '../../reports/report_usage.ts';
import type { UsageRow } from '../../reports/report_usage.ts';
import { consoleUsagePage } from '../../../views/console/usage.ts';
import type { ListedLimit } from '../../../views/console/usage.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { readQuery } from './query.ts';
import { sendCsv } from './send_csv.ts';
import { isInForce, linkSuggestedChange } from './suggested_change.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

export const usagePath = `${consoleRoot}/reports/usage`;
const since = 30 * 86_400;

/** What idle limits cost, policy by policy: those that are to be changed first. */
export async function showUsage(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx } = visit;
  const { database } = dependencies;
  const { weight, text, fault } = readWeight(visit);
  const rows = (await loadUsage(dependencies, weight)).toSorted(byUrgency);
  const shell = await describeShell(dependencies, visit);
  const page = consoleUsagePage(shell, {
    isDemo: await holdsDemoData(database),
    weight: text,
    weightError: fault,
    summary: summarise(rows),
    limits: mergeAlike(rows.map((row) => describeListed(row, rows, visit, weight))),
    fileUrl: `${usagePath}.csv?weight=${weight}`,
  });
  sendPage(ctx, page, fault === undefined ? 200 : 422);
}

function describeListed(
  row: UsageRow,
  rows: readonly UsageRow[],
  { configuration }: ConsoleVisit,
  weight: number,
): ListedLimit {
  const { policy, policyVersion: version, limit, spans, verdict } = row;
  return {
    policy,
    url: `${usagePath}/${encodeURIComponent(policy)}${weight === defaultWeight ? '' : `?weight=${weight}`}`,
    version,
    subject: describeSubject(row),
    limit: describeDuration(limit),
    ended: sayNumber(spans),
    verdict,
    verdictText: sayVerdict(verdict),
    suggestion: [describeSuggestion(row), ...describeSince(row, configuration)].join(' '),
    previewUrl: isToChange(row) ? linkSuggestedChange(configuration, policy, rows) : undefined,
  };
}

/** Access of apps that ends with its sessions comes out like them: once is enough. */
function mergeAlike(limits: readonly ListedLimit[]): ListedLimit[] {
  const merged: ListedLimit[] = [];
  for (const limit of limits) {
    const at = merged.findIndex(
      (other) =>
        other.policy === limit.policy && other.limit === limit.limit && other.suggestion === limit.suggestion,
    );
    const known = merged[at];
    if (known) merged[at] = { ...known, subject: joinSubjects([known.subject, limit.subject]) };
    else merged.push(limit);
  }
  return merged;
}

const isToChange = ({ verdict }: UsageRow): boolean => verdict === 'too_strict' || verdict === 'too_loose';

/** What became of the limit that was judged, where it is no longer in force. */
function describeSince(row: UsageRow, { policies }: Configuration): string[] {
  if (isInForce(policies, row)) return [];
  const now = policies.get(row.policy)?.limits[row.field];
  return [
    now === undefined ? 'The policy does not set it any more.' : `It is ${describeDuration(now)} since then.`,
  ];
}

/** Every row as a file. */
export async function exportUsage(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const rows = await loadUsage(dependencies, readWeight(visit).weight);
  sendCsv(visit, 'idle-limits.csv', [
    csvLine([
      'policy',
      'policy_version',
      'of',
      'field',
      'limit',
      'ended',
      'verdict',
      'interruptions_per_1000',
      'idle_hours_per_1000',
      'suggested_limit',
      'suggested_interruptions_per_1000',
      'suggested_idle_hours_per_1000',
      'capped_by',
    ]),
    ...rows.map(({ today, suggested, ...row }) =>
      csvLine([
        row.policy,
        row.policyVersion,
        row.of,
        row.field,
        formatDuration(row.limit),
        row.spans,
        row.verdict,
        today.interruptions,
        today.idleHours,
        suggested ? formatDuration(suggested.limit) : null,
        suggested?.interruptions ?? null,
        suggested?.idleHours ?? null,
        row.cappedBy ?? null,
      ]),
    ),
  ]);
}

/** The last 30 days; of each limit of each policy, the newest version that something ended under. */
export async function loadUsage(
  { database }: ConsoleDependencies,
  weight: number,
  policy?: string,
): Promise<UsageRow[]> {
  const { rows } = await reportUsage(database, { since, by: 'policy', weight, policy });
  return rows.filter((row) => !rows.some((other) => isSameLimit(row, other) && isNewer(other, row)));
}

const isSameLimit = (a: UsageRow, b: UsageRow): boolean =>
  a.policy === b.policy && a.of === b.of && a.field === b.field;

/** A version that was reverted has one limit only; the built-in default may have had two. */
const isNewer = (a: UsageRow, b: UsageRow): boolean =>
  a.policyVersion > b.policyVersion || (a.policyVersion === b.policyVersion && a.spans > b.spans);

/** What the form says; the default where it says nothing, or what is no number of hours. */
export function readWeight({ ctx }: ConsoleVisit): { weight: number; text: string; fault?: string } {
  const text = readQuery(ctx, 'weight', 20);
  if (text === '') return { weight: defaultWeight, text: String(defaultWeight) };
  const weight = parseWeight(text);
  return weight === undefined
    ? { weight: defaultWeight, text, fault: 'Write a number of hours above 0, such as 0.5 or 2.' }
    : { weight, text };
}

const urgency: Readonly<Record<UsageRow['verdict'], number>> = {
  too_strict: 0,
  too_loose: 0,
  fits: 1,
  too_few: 2,
};

/** The most that could be saved first. */
function byUrgency(a: UsageRow, b: UsageRow): number {
  const saved = ({ today, suggested, spans }: UsageRow) =>
    (today.cost - (suggested?.cost ?? today.cost)) * spans;
  return urgency[a.verdict] - urgency[b.verdict] || saved(b) - saved(a) || (a.policy < b.policy ? -1 : 1);
}

function summarise(rows: readonly UsageRow[]): string {
  const policiesOf = (verdict: UsageRow['verdict']) =>
    new Set(rows.filter((row) => row.verdict === verdict).map(({ policy }) => policy)).size;
  const say = (count: number, what: string) => `${count} ${count === 1 ? 'policy' : 'policies'} ${what}`;
  if (rows.length === 0) return 'nothing ended.';
  return `${say(policiesOf('too_strict'), 'too strict')}, ${say(policiesOf('too_loose'), 'too loose')}.`;
}
