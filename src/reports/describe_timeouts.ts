import { describeDuration, formatDuration } from '../domain/durations.ts';
import { gatherEnds } from './gather_ends.ts';
import type { GatheredEnds } from './gather_ends.ts';
import type { TimeoutReport, TimeoutRow } from './report_timeouts.ts';

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** The report as lines for a terminal. */
export function renderTimeoutsText({ rows, since, within, by }: TimeoutReport): string {
  const head = `Ends by a limit in the last ${formatDuration(since)}, and sign-ins within ${describeDuration(within)} after them.`;
  if (rows.length === 0) return `${head}\nThere were none.\n`;
  return `${[head, ...gatherEnds(rows).flatMap((row) => describe(row, by))].join('\n')}\n`;
}

function describe(row: GatheredEnds, by: TimeoutReport['by']): string[] {
  const { of, policy, policyVersion, reason, limit, key, ends, premature } = row;
  const whose = by === 'policy' ? '' : `  ${by} ${key ?? '(none)'}`;
  const rule = `${policy} v${policyVersion}  ${reason} ${formatDuration(limit)}`;
  const noun = of === 'family' ? 'families' : 'sessions';
  const share = `${premature} of ${ends} ${noun} too early, ${sayShare(row)}`;
  const beside = describeCircumstances(row);
  return [
    `${rule}${whose}  ${share}${suggest(row)}`,
    ...(beside.length > 0 ? [`  of them ${beside.join('; ')}`] : []),
    ...(row.with ? [`  with them ${describeBound(row.with)}`] : []),
  ];
}

/** Of the access that ended with its sessions. */
function describeBound(bound: TimeoutRow): string {
  const beside = describeCircumstances(bound);
  return [
    `${bound.premature} of ${bound.ends} families too early, ${sayShare(bound)}${suggest(bound)}`,
    ...beside,
  ].join('; ');
}

/** `12 % (9 % to 16 %)`. */
export function sayShare({ share, low, high }: Pick<TimeoutRow, 'share' | 'low' | 'high'>): string {
  return `${percent(share)} (${percent(low)} to ${percent(high)})`;
}

/** What ends befell beside their users. */
export function describeCircumstances({ background, stepUp, workflow }: TimeoutRow): string[] {
  return [
    ...(background > 0 ? [`${background} while the app went on without its user`] : []),
    ...(stepUp > 0 ? [`${stepUp} beside a second factor`] : []),
    ...(workflow > 0 ? [`${workflow} of what ran by itself`] : []),
  ];
}

function suggest(row: TimeoutRow): string {
  const words = describeNeeded(row);
  return words === '' ? '' : `; ${words}`;
}

/** The limit that would have been enough; '' where nobody was interrupted. */
export function describeNeeded({ suggested, cappedBy, premature }: TimeoutRow): string {
  if (premature === 0) return '';
  if (suggested === undefined) return 'too few to suggest a limit';
  return cappedBy === undefined
    ? `${formatDuration(suggested)} would have avoided 95 %`
    : `${formatDuration(suggested)} would have avoided some, the most that ${cappedBy} allows`;
}
