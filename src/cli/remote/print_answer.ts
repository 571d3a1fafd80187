import type { Json } from './admin_api.ts';

/** A list as a table whose columns line up, one thing as lines of name and value. */
export function printAnswer(answer: Json | readonly Json[], columns?: readonly string[]): string {
  if (!isList(answer))
    return renderLines(Object.entries(answer).map(([name, value]) => [`${name}:`, show(value)]));
  const [first] = answer;
  if (first === undefined) return 'There is none.\n';
  const names = columns ?? Object.keys(first);
  return renderLines([names, ...answer.map((item) => names.map((name) => show(item[name])))]);
}

const isList = (answer: Json | readonly Json[]): answer is readonly Json[] => Array.isArray(answer);

function renderLines(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(show).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
