import { styleText } from 'node:util';
import { describeDuration } from '../domain/durations.ts';
import type { Difference, FieldDifference, Section } from '../policy/compare_configurations.ts';

type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';
export type Paint = (style: Style, text: string) => string;

const marks = { added: '+', changed: '~', removed: '-' } as const;
const markStyles = { added: 'green', changed: 'yellow', removed: 'red' } as const;
const directionStyles = { stricter: 'green', looser: 'red', mixed: 'yellow' } as const;

/** Colours for a terminal that shows them; NO_COLOR, as ever, says no. */
export function choosePaint(stream: NodeJS.WriteStream): Paint {
  const isColoured = stream.isTTY && stream.hasColors();
  return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
}

/** An entry that no section of a configuration has: an account, of which names of fields alone are told. */
export interface OtherDifference {
  section: string;
  name: string;
  kind: Difference['kind'];
  note: string;
}

/**
 * What changes, by section: old and new values in words, and which way each leads. Of secrets only that
 * they changed.
 */
export function describeDifferences(
  differences: readonly (Difference | OtherDifference)[],
  paint: Paint,
): string[] {
  const sections = [...new Set(differences.map(({ section }) => section))];
  return sections.flatMap((section) => [
    paint('bold', section),
    ...differences
      .filter((entry) => entry.section === section)
      .flatMap((entry) => describeEntry(entry, paint)),
  ]);
}

function describeEntry(entry: Difference | OtherDifference, paint: Paint): string[] {
  const { section, name, kind } = entry;
  // A section that is one entry has no names.
  const title = section === name ? '' : ` ${name}`;
  const note = 'note' in entry && entry.note ? `  ${entry.note}` : '';
  const head = `  ${paint(markStyles[kind], `${marks[kind]}${title}`)}${note}`;
  if ('note' in entry) return [head];
  const rows = entry.fields.map((field) => ({ field, words: describeField(entry, field) }));
  const width = Math.max(0, ...rows.map(({ field }) => field.field.length));
  return [
    ...(title ? [head] : []),
    ...rows.map(({ field: { field, direction }, words }) => {
      const way = direction ? `  ${paint(directionStyles[direction], direction)}` : '';
      return `      ${field.padEnd(width)}  ${words}${way}`;
    }),
  ];
}

function describeField({ section, kind }: Difference, { field, from, to }: FieldDifference): string {
  if (field === 'secret') return kind === 'added' ? 'set' : 'changed';
  if (field === 'jwks') return to === undefined ? 'removed' : kind === 'added' ? 'set' : 'changed';
  if (kind === 'added') return describeValue(section, field, to);
  const [before, after] = [listMembers(field, from), listMembers(field, to)];
  if (before && after && before.length + after.length > 2) return describeMembers(before, after);
  return `${describeValue(section, field, from)} → ${describeValue(section, field, to)}`;
}

/** The members of a list, or of a text that is one. */
function listMembers(field: string, value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.map(String);
  return field === 'scope' && typeof value === 'string' ? value.split(' ') : undefined;
}

/** What came and what went; where neither did, the order changed. */
function describeMembers(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((member) => !after.includes(member)).map((member) => `- ${member}`);
  const come = after.filter((member) => !before.includes(member)).map((member) => `+ ${member}`);
  return [...gone, ...come].join(', ') || `in another order: ${after.join(', ')}`;
}

const plainNumbers = new Set(['max_sessions']);

/** A value of the configuration in words; numbers are seconds. */
export function describeValue(section: Section, field: string, value: unknown): string {
  if (value === undefined) return 'unset';
  if (typeof value === 'number') {
    return plainNumbers.has(field) ? String(value) : describeDuration(value, 4);
  }
  if (section === 'rate_limits') {
    const { most, seconds } = value as { most: number; seconds: number };
    return `${most} per ${describeDuration(seconds, 4)}`;
  }
  if (field === 'step_up') {
    const { mfa_max_age: maxAge } = value as { mfa_max_age?: number };
    return maxAge === undefined ? 'as the policies say' : `at most ${describeDuration(maxAge, 4)} old`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
