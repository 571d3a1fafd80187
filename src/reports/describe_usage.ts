import { describeDuration, formatDuration } from '../domain/durations.ts';
import { usageVerdicts } from './describe_suggestion.ts';
import type { UsageReport, UsageRow } from './report_usage.ts';

const found: Readonly<Record<keyof UsageRow['found'], string>> = {
  unrefreshed: 'never refreshed',
  polling: 'polled for nobody at the end',
  regular: 'refreshed like clockwork to the end',
  outlived: 'outlived a role',
};

/** The report as lines for a terminal. */
export function renderUsageText({ rows, since, by, weight }: UsageReport): string {
  const head = `What idle limits cost in the last ${formatDuration(since)}; one interruption weighs as much as ${weight} h open for nobody.`;
  if (rows.length === 0) return `${head}\nNothing ended under one.\n`;
  return `${[head, ...rows.flatMap((row) => describe(row, by))].join('\n')}\n`;
}

function describe(row: UsageRow, by: UsageReport['by']): string[] {
  const { policy, policyVersion, field, limit, key, spans, openHours, unusedHours, today } = row;
  const whose = by === 'policy' ? '' : `  ${by} ${key ?? '(none)'}`;
  const noun = row.of === 'family' ? 'families' : 'sessions';
  const usual =
    row.longestUsual === null
      ? ''
      : `; 99 % of absences up to ${describeDuration(Math.round(row.longestUsual))}`;
  return [
    `${policy} v${policyVersion}  ${field} ${formatDuration(limit)}${whose}  ${spans} ${noun}: ${usageVerdicts[row.verdict]}${suggest(row)}`,
    `  open ${Math.round(openHours)} h, nobody there ${Math.round(unusedHours)} h${usual}`,
    `  per 1,000: ${today.interruptions.toFixed(1)} interruptions, ${today.idleHours.toFixed(1)} h open for nobody`,
    ...Object.entries(found).flatMap(([name, words]) => {
      const { count, hours } = row.found[name as keyof UsageRow['found']];
      return count > 0 ? [`  ${count} ${words}, ${Math.round(hours)} h`] : [];
    }),
  ];
}

function suggest({ verdict, suggested, cappedBy }: UsageRow): string {
  if (!suggested || verdict === 'fits' || verdict === 'too_few') return '';
  const { limit, interruptions, idleHours } = suggested;
  const most = cappedBy === undefined ? '' : `, and ${cappedBy} allows no longer one`;
  return `; ${formatDuration(limit)} would bring ${interruptions.toFixed(1)} interruptions and ${idleHours.toFixed(1)} h per 1,000${most}`;
}
