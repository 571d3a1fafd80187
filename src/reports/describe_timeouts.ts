import { formatDuration } from '../domain/durations.ts';
import type { TimeoutReport, TimeoutRow } from './report_timeouts.ts';

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The report as lines for a terminal. */
export function renderTimeoutsText({ rows, since, within, by }: TimeoutReport): string {
  const head = `Ends by a limit in the last ${formatDuration(since)}, and sign-ins within ${formatDuration(within)} after them.`;
  if (rows.length === 0) return `${head}\nThere were none.\n`;
  return `${[head, ...rows.map((row) => describe(row, by))].join('\n')}\n`;
}

function describe(row: TimeoutRow, by: TimeoutReport['by']): string {
  const { policy, policyVersion, reason, limit, key, ends, premature } = row;
  const whose = by === 'policy' ? '' : `  ${by} ${key ?? '(none)'}`;
  const rule = `${policy ?? '(unknown)'} v${policyVersion ?? '?'}  ${reason} ${limit === null ? '?' : formatDuration(limit)}`;
  const share = `${premature} of ${ends} too early, ${percent(row.share)} (${percent(row.low)} to ${percent(row.high)})`;
  return `${rule}${whose}  ${share}${suggest(row)}`;
}

function suggest({ suggested, cappedBy, premature }: TimeoutRow): string {
  if (premature === 0) return '';
  if (suggested === undefined) return '; too few to suggest a limit';
  const most = cappedBy === undefined ? '' : `, the most that ${cappedBy} allows`;
  return `; ${formatDuration(suggested)} ${cappedBy === undefined ? 'would have avoided 95 %' : 'would have avoided some'}${most}`;
}
