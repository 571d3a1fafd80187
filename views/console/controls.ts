import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { dataTable } from './data_table.ts';
import { reportPlaces } from './report_places.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleControlsProps {
  readonly summary: string;
  /** How far it has looked, line by line. */
  readonly progress: readonly string[];
  readonly plot?: Html | undefined;
  readonly findings: readonly {
    readonly kind: string;
    readonly meaning: string;
    readonly count: string;
    /** ISO 8601 in UTC. */
    readonly firstSeenAt: string;
    /** Of the first of them. */
    readonly ids: readonly string[];
  }[];
  readonly fileUrl: string;
}

/** Whether anything lives past its limit. */
export function consoleControlsPage(shell: Shell, props: ConsoleControlsProps): Html {
  const { summary, progress, plot, findings, fileUrl } = props;
  return consolePage(
    shell,
    { place: 'reports', heading: 'Detective control' },
    html`${reportPlaces('controls')}
<p class="lead">A second opinion, by rules of its own: does anything live past its limit, or was anything given that should not
have been? <strong>${summary}</strong></p>
${plot}
${dataTable({
  caption: 'What was found, and still stands',
  columns: ['Finding', 'What it means', 'How many', 'First seen', 'Which'],
  rows: findings.map(({ kind, meaning, count, firstSeenAt, ids }) => [
    html`<code>${kind}</code>`,
    html`<div class="words">${meaning}</div>`,
    count,
    html`<time datetime="${firstSeenAt}">${firstSeenAt}</time>`,
    html`<ul class="plain detail">${ids.map((id) => html`<li><code>${id}</code></li>`)}</ul>`,
  ]),
  empty: 'Nothing was found that stands.',
  numbers: [2],
})}
${findings.length > 0 && html`<p><a href="${safeUrl(fileUrl)}" download>Take it away as CSV</a></p>`}
<h2>How far it has looked</h2>
<ul>${progress.map((line) => html`<li>${line}</li>`)}</ul>`,
  );
}
