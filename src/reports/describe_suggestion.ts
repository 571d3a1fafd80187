import { describeDuration } from '../domain/durations.ts';
import { fewestInterruptions, fewestSpans } from '../policy/suggest_limit.ts';
import type { FrontierPoint } from '../policy/suggest_limit.ts';
import type { UsageRow } from './report_usage.ts';

/** A verdict in a word or two, for tables. */
export const usageVerdicts: Readonly<Record<UsageRow['verdict'], string>> = {
  too_strict: 'too strict',
  too_loose: 'too loose',
  fits: 'fits',
  too_few: 'too few to say',
};

/** The same, as a sentence begins. */
export const sayVerdict = (verdict: UsageRow['verdict']): string =>
  usageVerdicts[verdict].replace(/^./, (letter) => letter.toUpperCase());

/** What a row rules, in words. */
export function describeSubject({ of, field }: Pick<UsageRow, 'of' | 'field'>): string {
  if (of === 'session') return 'Sessions in the browser';
  return field === 'session_idle' ? 'Access of apps, by the limit of its session' : 'Access of apps';
}

/** What rows that come out alike rule together: `Sessions in the browser and access of apps`. */
export function joinSubjects(subjects: readonly string[]): string {
  const [first = '', ...rest] = subjects.toSorted().toReversed();
  return [first, ...rest.map((subject) => subject.charAt(0).toLowerCase() + subject.slice(1))].join(' and ');
}

/** What today's limit does, and what a better one would do, as sentences. */
export function describeSuggestion(row: UsageRow): string {
  const { verdict, limit, today, suggested, spans, cappedBy } = row;
  const most = cappedBy === undefined ? '' : ` ${cappedBy} allows no longer one.`;
  if (verdict === 'too_few') return describeTooFew(spans);
  if (verdict === 'fits' || !suggested)
    return `${say(limit)} fits: no other limit would cost much less.${most}`;
  const now = `Today, at ${say(limit)}, ${sayPoint(today)}.`;
  return `${now} At ${say(suggested.limit)} it would be ${sayPoint(suggested)}.${most}`;
}

function describeTooFew(spans: number): string {
  return spans < fewestSpans
    ? `Only ${spans} have ended; it takes ${fewestSpans} to say anything.`
    : `Fewer than ${fewestInterruptions} interruptions: chance would decide.`;
}

const say = (seconds: number): string => describeDuration(Math.round(seconds));

/** To three digits: `1,230`, `12.3`, `0.12`. */
export function sayNumber(value: number): string {
  return value.toLocaleString('en-GB', { maximumSignificantDigits: 3 });
}

function sayPoint({ interruptions, idleHours }: FrontierPoint): string {
  return `${sayNumber(interruptions)} interruptions and ${sayNumber(idleHours)} hours open for nobody in every 1,000`;
}

/** What else is to be known of rows that come out alike, each sentence once. */
export function listUsageFacts(rows: readonly UsageRow[]): string[] {
  const facts = rows.flatMap((row) => {
    const whose = rows.length > 1 ? `${describeSubject(row)}: ` : '';
    const { spans, openHours, unusedHours, longestUsual, longest } = row;
    const open = `${sayNumber(openHours)} hours, ${sayNumber(unusedHours)} of them with nobody there`;
    return [
      `${whose}${sayNumber(spans)} ended; they were open for ${open}.`,
      ...listSleepers(row).map((words) => whose + words),
      ...(longestUsual === null
        ? []
        : [`99 of 100 absences are no longer than ${sayRounded(longestUsual)}.`]),
      ...(longest
        ? [`${longest.baseline} allows no more than ${say(longest.seconds)}: longer limits are not drawn.`]
        : []),
    ];
  });
  return [...new Set(facts)];
}

function listSleepers({ found }: UsageRow): string[] {
  const words = {
    unrefreshed: 'were never refreshed',
    polling: 'polled for nobody at their end',
    regular: 'were refreshed like clockwork to their end',
    outlived: 'outlived a role of their person',
  };
  return (Object.keys(words) as (keyof typeof words)[]).flatMap((name) => {
    const { count, hours } = found[name];
    return count > 0 ? [`${sayNumber(count)} ${words[name]}, for ${sayNumber(hours)} hours together.`] : [];
  });
}

/** What a bucket tells is no more exact than that. */
const sayRounded = (seconds: number): string => say(seconds < 600 ? seconds : Math.round(seconds / 60) * 60);
