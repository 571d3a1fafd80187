import { formatInstant } from '../domain/instants.ts';
import type { Difference } from '../policy/compare_configurations.ts';
import { describeField } from './describe_field.ts';
import type { HistoryEntry } from './report_history.ts';

/** `policies member: session_idle 8 hours → 1 hour (stricter)`; a section that is one entry has no names. */
export function describeDifference(difference: Difference): string {
  const { section, name, kind, fields } = difference;
  const title = section === name ? section : `${section} ${name}`;
  if (kind !== 'changed') return `${title}: ${kind}`;
  const told = fields.map((field) => {
    const way = field.direction ? ` (${field.direction})` : '';
    return `${field.field} ${describeField(difference, field)}${way}`;
  });
  return `${title}: ${told.join('; ')}`;
}

/** Who made a version: the person, else how it came about. */
export function describeAuthor({ author, accountId, username }: HistoryEntry): string {
  if (accountId === undefined) return author;
  return username === undefined ? `${author}, by a deleted account` : `${author}, by ${username}`;
}

/** The history as lines for a terminal. */
export function renderHistoryText(entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return 'Nothing of it was ever changed.\n';
  return entries.flatMap((entry) => [...describeEntry(entry), '']).join('\n');
}

function describeEntry(entry: HistoryEntry): string[] {
  const { version, madeAt, message, revertsTo, changeCount, differences } = entry;
  const reverts = revertsTo === undefined ? '' : `, re-establishes version ${revertsTo}`;
  const left = changeCount - differences.length;
  return [
    `version ${version}  ${formatInstant(madeAt).slice(0, 19)}Z  ${describeAuthor(entry)}${reverts}`,
    ...(message === undefined ? [] : [`  ${message}`]),
    ...differences.map((difference) => `  ${describeDifference(difference)}`),
    ...(left > 0 ? [`  … and ${left} more`] : []),
  ];
}
