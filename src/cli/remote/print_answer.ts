import { alignColumns } from '../../reports/align_columns.ts';
import type { Json } from './admin_api.ts';

/** A list as a table whose columns line up; one thing as lines of name and value, with the lists in it below. */
export function printAnswer(answer: Json | readonly Json[], columns?: readonly string[]): string {
  if (isList(answer)) return answer.length === 0 ? 'There is none.\n' : renderTable(answer, columns);
  const facts = Object.entries(answer).filter(([, value]) => !isTable(value));
  const tables = Object.entries(answer).flatMap(([name, value]) =>
    isTable(value)
      ? `${name}:\n${renderTable(value, name === 'rows' ? columns : undefined)
          .replace(/^/gm, '  ')
          .trimEnd()}\n`
      : [],
  );
  return renderLines(facts.map(([name, value]) => [`${name}:`, show(value)])) + tables.join('');
}

const isList = (answer: Json | readonly Json[]): answer is readonly Json[] => Array.isArray(answer);

const isTable = (value: unknown): value is readonly Json[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => typeof item === 'object' && item !== null);

function renderTable(items: readonly Json[], columns?: readonly string[]): string {
  const names = columns ?? [...new Set(items.flatMap((item) => Object.keys(item)))];
  return renderLines([names, ...items.map((item) => names.map((name) => show(item[name])))]);
}

function renderLines(rows: readonly (readonly string[])[]): string {
  return alignColumns(rows)
    .map((line) => `${line}\n`)
    .join('');
}

function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(show).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
