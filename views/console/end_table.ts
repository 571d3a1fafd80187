import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { dataTable } from './data_table.ts';

/** What a change would end, by policy and reason. */
export interface EndProps {
  readonly policy: string;
  readonly reason: string;
  readonly sessions: number;
  readonly families: number;
}

/** Between which two numbers a third one most likely is. */
export interface RangeProps {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

export interface EndsProps {
  readonly rows: readonly EndProps[];
  /** Where not all was looked at: the whole of it, and the address of a page that counts all. */
  readonly sample?:
    | { readonly sessions: RangeProps; readonly families: RangeProps; readonly countUrl: string }
    | undefined;
}

export function endTable({ rows, sample }: EndsProps): Html {
  const about = (number: number) => (sample ? `about ${number.toLocaleString('en-GB')}` : number);
  return dataTable({
    caption: sample ? 'About what would end, by policy and reason' : 'What would end, by policy and reason',
    columns: ['Policy', 'Reason', 'Sessions', 'Accesses of apps'],
    rows: rows.map((end) => [end.policy, end.reason, about(end.sessions), about(end.families)]),
    empty: sample ? 'Nothing in the sample.' : 'Nothing.',
    numbers: [2, 3],
  });
}

/** The whole of it in a sentence. */
export function sayEnds({ rows, sample }: EndsProps): string {
  if (sample) return saySample(sample);
  const sessions = rows.reduce((sum, end) => sum + end.sessions, 0);
  const families = rows.reduce((sum, end) => sum + end.families, 0);
  if (sessions + families === 0) return 'Nothing that is open now would end.';
  return `${count(sessions, 'session')} and ${count(families, 'access of apps', 'accesses of apps')} that are open now would end within seconds.`;
}

function saySample({ sessions, families }: NonNullable<EndsProps['sample']>): string {
  if (sessions.count + families.count === 0)
    return `Little that is open now would end, if anything: at most ${count(sessions.to, 'session')} and ${count(families.to, 'access of apps', 'accesses of apps')}.`;
  const range = (all: RangeProps, one: string, many?: string) =>
    `about ${count(all.count, one, many)} (${all.from.toLocaleString('en-GB')} to ${all.to.toLocaleString('en-GB')})`;
  const told = `${range(sessions, 'session')} and ${range(families, 'access of apps', 'accesses of apps')}`;
  return `${told.charAt(0).toUpperCase()}${told.slice(1)} that are open now would end within seconds.`;
}

/** That it is an estimate, and where all is counted. */
export function sampleNote({ sample }: EndsProps): Html | false {
  return (
    sample !== undefined &&
    html`<p class="notice">So much is open that only a sample was looked at: the true numbers are in between with a
probability of 95 %. <a href="${safeUrl(sample.countUrl)}">Count every one</a>, which may take a minute.</p>`
  );
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}
