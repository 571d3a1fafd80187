import { Html, html } from './html.ts';

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
  const heading = 'Compliance with baselines';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${heading}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${props.cssHash}'">
<style>${new Html(props.css)}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p class="day">Curfew, <time datetime="${props.day}">${props.day}</time></p>
<p class="summary">${props.summary}</p>
${props.groups.map(group)}
${props.notes.length > 0 && html`<section><h2>Notes</h2><ul>${props.notes.map((note) => html`<li>${note}</li>`)}</ul></section>`}
</main>
</body>
</html>
`;
}

function group({ heading, source, rows }: ComplianceGroup): Html {
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
