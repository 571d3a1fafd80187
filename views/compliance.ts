import { html } from './html.ts';
import type { Html } from './html.ts';
import { reportDocument } from './report_document.ts';

/** A document of its own, to save and to print: its style sheet is inside it, and nothing else is loaded. */
export interface CompliancePageProps {
  /** What the style element holds, and its SHA-256 in base64, which lets it in. */
  readonly css: string;
  readonly cssHash: string;
  /** The day of the report. */
  readonly day: string;
  readonly summary: string;
  readonly groups: readonly ComplianceGroup[];
  /** What the reader should know beside the tables. */
  readonly notes: readonly string[];
}

export interface ComplianceGroup {
  readonly heading: string;
  /** The baseline's source, and whom it is for. */
  readonly source: string;
  readonly rows: readonly ComplianceCells[];
}

export interface ComplianceCells {
  readonly verdict: 'pass' | 'fail' | 'justified';
  readonly requirement: string;
  readonly section: string;
  readonly modality: string;
  readonly text: string;
  /** Faults, reason and expiry. */
  readonly details: readonly string[];
}

export function compliancePage(props: CompliancePageProps): Html {
  const { groups, notes } = props;
  return reportDocument({
    ...props,
    heading: 'Compliance with baselines',
    content: html`${groups.map(complianceGroup)}
${notes.length > 0 && html`<section><h2>Notes</h2><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul></section>`}`,
  });
}

/** One table of it. */
export function complianceGroup({ heading, source, rows }: ComplianceGroup): Html {
  return html`<section>
<h2>${heading}</h2>
<table>
<caption>${source}</caption>
<thead><tr><th scope="col">Requirement</th><th scope="col">What it asks</th></tr></thead>
<tbody>${rows.map(row)}</tbody>
</table>
</section>
`;
}

function row({ verdict, requirement, section, modality, text, details }: ComplianceCells): Html {
  return html`<tr>
<th scope="row"><strong class="${verdict}">${verdict}</strong><code>${requirement}</code><span class="soft">${section} · ${modality}</span></th>
<td>${text}${details.length > 0 && html`<ul>${details.map((detail) => html`<li>${detail}</li>`)}</ul>`}</td>
</tr>
`;
}
