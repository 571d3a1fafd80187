import { describeDuration, formatDuration } from '../../domain/durations.ts';
import { csvLine } from '../../domain/csv_line.ts';
import { sendPage } from '../../http/send_page.ts';
import type { FrontierPoint } from '../../policy/suggest_limit.ts';
import {
  describeSubject,
  describeSuggestion,
  joinSubjects,
  listUsageFacts,
  sayNumber,
  sayVerdict,
} from '../../reports/describe_suggestion.ts';
import { gatherAlike } from '../../reports/gather_alike.ts';
import { holdsDemoData } from '../../reports/holds_demo_data.ts';
import { landmarkLimits, plotFrontier } from '../../reports/plot_frontier.ts';
import type { UsageRow } from '../../reports/report_usage.ts';
import { consoleUsagePolicyPage } from '../../../views/console/usage.ts';
import type { ConsoleUsagePolicyProps } from '../../../views/console/usage.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { sendCsv } from './send_csv.ts';
import { linkSuggestedChange } from './suggested_change.ts';
import { loadUsage, readWeight, usagePath } from './usage_page.ts';
import { describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

/** What other idle limits would bring under one policy, drawn. */
export async function showFrontier(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration } = visit;
  const { policy, rows } = await findRows(visit, dependencies);
  const { weight, text, fault } = readWeight(visit);
  const path = `${usagePath}/${encodeURIComponent(policy)}`;
  const previewUrl = linkSuggestedChange(configuration, policy, rows);
  const shell = await describeShell(dependencies, visit);
  const page = consoleUsagePolicyPage(shell, {
    isDemo: await holdsDemoData(dependencies.database),
    policy,
    action: path,
    weight: text,
    weightError: fault,
    frontiers: gatherAlike(rows).map((alike, at) =>
      describeFrontier(alike, at, `${path}/frontier.csv?weight=${weight}`),
    ),
    previewUrl,
    previewText: 'Preview this change',
  });
  sendPage(ctx, page, fault === undefined ? 200 : 422);
}

/** Every point of every frontier of the policy as a file. */
export async function exportFrontier(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { rows } = await findRows(visit, dependencies);
  const columns = [
    'policy',
    'policy_version',
    'of',
    'field',
    'limit',
    'interruptions_per_1000',
    'idle_hours_per_1000',
  ];
  sendCsv(visit, 'frontier.csv', [
    csvLine([...columns, 'cost', 'mark']),
    ...rows.flatMap(({ policy, policyVersion, of, field, frontier, today, suggested }) =>
      frontier.map((point) =>
        csvLine([
          policy,
          policyVersion,
          of,
          field,
          formatDuration(point.limit),
          point.interruptions,
          point.idleHours,
          point.cost,
          markOf(point, { today, suggested }),
        ]),
      ),
    ),
  ]);
}

async function findRows(visit: ConsoleVisit, dependencies: ConsoleDependencies) {
  const policy = visit.path.name ?? '';
  const rows = await loadUsage(dependencies, readWeight(visit).weight, policy);
  if (rows.length === 0 && !visit.configuration.policies.has(policy)) visit.ctx.throw(404);
  return { policy, rows };
}

interface Marks {
  today: FrontierPoint;
  suggested?: FrontierPoint | undefined;
}

function markOf({ limit }: FrontierPoint, { today, suggested }: Marks): string | null {
  const marks = [limit === today.limit && 'today', limit === suggested?.limit && 'suggested'];
  return marks.filter(Boolean).join(' ') || null;
}

function describeFrontier(
  rows: readonly [UsageRow, ...UsageRow[]],
  at: number,
  fileUrl: string,
): ConsoleUsagePolicyProps['frontiers'][number] {
  const [row] = rows;
  const { limit, policyVersion, verdict, today, suggested, frontier, longest } = row;
  const subject = joinSubjects(rows.map(describeSubject));
  const suggestion = describeSuggestion(row);
  const shown = listShown(row);
  return {
    heading: `${subject}: ${describeDuration(limit)}`,
    verdict,
    verdictText: sayVerdict(verdict),
    text: suggestion,
    facts: listUsageFacts(rows),
    plot: plotFrontier({
      id: `frontier-${at}`,
      title: `${subject}: interruptions per 1,000 against hours open for nobody per 1,000`,
      description: `${describeEnds(shown)} ${suggestion}`,
      frontier,
      today,
      suggested,
      verdict,
      longest: longest?.seconds,
    }),
    caption: `${subject}, version ${policyVersion}: what idle limits would bring for every 1,000`,
    columns: ['Idle limit', 'Interruptions', 'Hours open'],
    rows: shown.map((point) => {
      const mark = markOf(point, row)?.replace(' ', ' and ');
      const name = describeDuration(point.limit);
      return {
        name: mark === undefined ? name : `${name} (${mark})`,
        numbers: [sayNumber(point.interruptions), sayNumber(point.idleHours)],
      };
    }),
    empty: 'Nothing has ended.',
    fileUrl,
  };
}

function listShown({ frontier, today, suggested, longest }: UsageRow): FrontierPoint[] {
  const marked = suggested && suggested.limit !== today.limit ? [today, suggested] : [today];
  const rest = frontier.filter(
    ({ limit }) =>
      landmarkLimits.has(limit) &&
      (longest === undefined || limit <= longest.seconds) &&
      !marked.some((point) => point.limit === limit),
  );
  return [...rest, ...marked].toSorted((a, b) => a.limit - b.limit);
}

function describeEnds(points: readonly FrontierPoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  const say = ({ limit, interruptions, idleHours }: FrontierPoint) =>
    `${describeDuration(limit)} would bring ${sayNumber(interruptions)} interruptions and ${sayNumber(idleHours)} hours`;
  return `For every 1,000, ${say(first)}, ${say(last)}.`;
}
