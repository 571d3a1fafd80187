import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import type { ComplianceGroup } from '../compliance.ts';
import { dataTable } from './data_table.ts';
import { reportPlaces } from './report_places.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleReportsProps {
  readonly day: string;
  readonly summary: string;
  readonly groups: readonly ComplianceGroup[];
  readonly notes: readonly string[];
  /** The same as a page of its own, to save and to print. */
  readonly fileUrl: string;
}

/** Policies held against the baselines that they claim. */
export function consoleReportsPage(shell: Shell, props: ConsoleReportsProps): Html {
  const { day, summary, groups, notes, fileUrl } = props;
  return consolePage(
    shell,
    { place: 'reports', heading: 'Compliance' },
    html`${reportPlaces('compliance')}
<p class="lead">Policies and the running configuration, held on ${day} against the baselines that policies claim:
<strong>${summary}</strong></p>
<p><a href="${safeUrl(fileUrl)}" download>Take it away as a page to save and to print</a></p>
${groups.map(({ heading, source, rows }) => {
  const caption = `${heading}: ${source}`;
  return html`<h2>${caption}</h2>
${dataTable({
  caption,
  columns: ['Verdict', 'Requirement', 'What it asks'],
  rows: rows.map(({ verdict, requirement, section, modality, text, details }) => [
    html`<span class="verdict ${verdict}">${verdict}</span>`,
    html`<code>${requirement}</code><span class="when">${section}, ${modality}</span>`,
    html`${text}${details.length > 0 && html`<ul class="plain detail">${details.map((detail) => html`<li>${detail}</li>`)}</ul>`}`,
  ]),
  empty: 'It asks nothing.',
})}`;
})}
${notes.length > 0 && html`<h2>Notes</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`,
  );
}
