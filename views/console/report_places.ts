import { html } from '../html.ts';
import type { Html } from '../html.ts';

const reports = [
  ['compliance', '/console/reports', 'Compliance'],
  ['usage', '/console/reports/usage', 'Idle limits'],
  ['timeouts', '/console/reports/timeouts', 'Premature timeouts'],
  ['holdings', '/console/reports/idle-holdings', 'Idle sessions'],
  ['controls', '/console/reports/controls', 'Detective control'],
  ['monthly', '/console/reports/monthly', 'By month'],
] as const;
export type ReportPlace = (typeof reports)[number][0];

/** The way between reports, and whether what follows tells of demo data. */
export function reportPlaces(place: ReportPlace, isDemo = false): Html {
  return html`<nav class="report-places" aria-label="Reports">
<ul>
${reports.map(([name, url, label]) => html`<li><a href="${url}"${name === place && html` aria-current="page"`}>${label}</a></li>`)}
</ul>
</nav>
${isDemo && html`<p class="notice">This is demo data: the trail begins with thirty days of a made-up company.</p>`}`;
}
