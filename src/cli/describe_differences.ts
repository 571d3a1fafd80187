import { styleText } from 'node:util';
import type { Difference } from '../policy/compare_configurations.ts';
import { describeField } from '../reports/describe_field.ts';

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
