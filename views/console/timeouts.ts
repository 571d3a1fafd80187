import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { selectField } from '../partials/select_field.ts';
import { dataTable } from './data_table.ts';
import { reportPlaces } from './report_places.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ListedTimeouts {
  readonly policy: string;
  readonly url: string;
  readonly version: number;
  /** A client or role, where they are told apart. */
  readonly key?: string | undefined;
  readonly limit: string;
  readonly subject: string;
  readonly ends: string;
  readonly premature: string;
  readonly share: string;
  readonly circumstances: readonly string[];
  readonly needed: string;
  /** The access of apps that ended with these sessions, by the same limit. */
  readonly bound?: BoundEnds | undefined;
}

type BoundEnds = Pick<ListedTimeouts, 'ends' | 'premature' | 'share' | 'circumstances'>;

export interface ConsoleTimeoutsProps {
  readonly isDemo: boolean;
  readonly summary: string;
  readonly by: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** What is told apart beside policies; undefined: nothing. */
  readonly keyLabel?: string | undefined;
  readonly plot?: Html | undefined;
  /** What the plot leaves out. */
  readonly plotNote?: string | undefined;
  readonly rows: readonly ListedTimeouts[];
  readonly fileUrl: string;
}

/** Ends by a limit, and how many came too early. */
export function consoleTimeoutsPage(shell: Shell, props: ConsoleTimeoutsProps): Html {
  const { isDemo, summary, by, choices, keyLabel, plot, plotNote, rows, fileUrl } = props;
  return consolePage(
    shell,
    { place: 'reports', heading: 'Premature timeouts' },
    html`${reportPlaces('timeouts', isDemo)}
<p class="lead">Ends by a limit whose users signed in again for the same app within 15 minutes came too early. Over the last
30 days: <strong>${summary}</strong></p>
<form class="filter" method="get" action="/console/reports/timeouts">
${selectField({ name: 'by', label: 'Tell apart', value: by, options: choices })}
<button class="button tool" type="submit">Show</button>
</form>
${plot}
${plotNote !== undefined && html`<p class="soft">${plotNote}</p>`}
${dataTable({
  caption: 'Ends by a limit, and those that came too early',
  columns: [
    'Policy',
    ...(keyLabel === undefined ? [] : [keyLabel]),
    'Limit',
    'Ends',
    'Too early',
    'Share',
    'What would be enough',
  ],
  rows: rows.map((row) => [
    html`<a href="${safeUrl(row.url)}">${row.policy}</a><span class="when">Version ${row.version}</span>`,
    ...(keyLabel === undefined ? [] : [row.key]),
    html`${row.limit}<span class="when">${row.subject}</span>`,
    withBound(row, 'ends'),
    withBound(row, 'premature'),
    withBound(row, 'share'),
    html`<div class="words">${row.needed}${listCircumstances(row.circumstances)}${
      row.bound && listCircumstances(row.bound.circumstances.map((text) => `Apps: ${text}`))
    }</div>`,
  ]),
  empty: 'No limit has ended anything in these days.',
  numbers: keyLabel === undefined ? [2, 3, 4] : [3, 4, 5],
})}
${rows.length > 0 && html`<p><a href="${safeUrl(fileUrl)}" download>Take it away as CSV</a></p>`}`,
  );
}

/** What is told of sessions, and below it the same of their apps. */
const withBound = (row: ListedTimeouts, name: 'ends' | 'premature' | 'share'): Html =>
  html`${row[name]}${row.bound && html`<span class="when">Apps: ${row.bound[name]}</span>`}`;

const listCircumstances = (texts: readonly string[]) =>
  texts.length > 0 && html`<ul class="plain detail">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
