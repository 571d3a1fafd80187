import type { Html } from '../html.ts';
import { dataTable } from './data_table.ts';

/** What a change would end, by policy and reason. */
export interface EndProps {
  readonly policy: string;
  readonly reason: string;
  readonly sessions: number;
  readonly families: number;
}

export function endTable(ends: readonly EndProps[]): Html {
  return dataTable({
    caption: 'What would end, by policy and reason',
    columns: ['Policy', 'Reason', 'Sessions', 'Accesses of apps'],
    rows: ends.map((end) => [end.policy, end.reason, end.sessions, end.families]),
    empty: 'Nothing.',
    numbers: [2, 3],
  });
}

/** The whole of it in a sentence. */
export function sayEnds(ends: readonly EndProps[]): string {
  const sessions = ends.reduce((sum, end) => sum + end.sessions, 0);
  const families = ends.reduce((sum, end) => sum + end.families, 0);
  if (sessions + families === 0) return 'Nothing that is open now would end.';
  return `${count(sessions, 'session')} and ${count(families, 'access of apps', 'accesses of apps')} that are open now would end within seconds.`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}
