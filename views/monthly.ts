import { complianceGroup } from './compliance.ts';
import type { ComplianceGroup } from './compliance.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { reportDocument } from './report_document.ts';
import type { ReportDocument } from './report_document.ts';

export interface MonthlyTable {
  readonly heading: string;
  /** What the numbers are of. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** A name, then numbers. */
  readonly rows: readonly (readonly string[])[];
  /** Said where there is no row. */
  readonly empty: string;
}

export interface MonthlyLimit {
  readonly heading: string;
  readonly verdict: string;
  readonly isToChange: boolean;
  readonly text: string;
  readonly facts: readonly string[];
  readonly plot?: Html | undefined;
}

export interface MonthlyPageProps extends Omit<ReportDocument, 'content'> {
  /** What the reader should know first. */
  readonly notes: readonly string[];
  readonly tables: readonly MonthlyTable[];
  readonly limits: readonly MonthlyLimit[];
  readonly limitsEmpty: string;
  readonly timeouts: MonthlyTable;
  readonly compliance: { readonly summary: string; readonly groups: readonly ComplianceGroup[] };
  /** What the detective control has to say, line by line. */
  readonly controls: readonly string[];
}

/** A month on paper. */
export function monthlyPage(props: MonthlyPageProps): Html {
  const { notes, tables, limits, limitsEmpty, timeouts, compliance, controls } = props;
  return reportDocument({
    ...props,
    content: html`${notes.map((note) => html`<p class="soft">${note}</p>`)}
${tables.map(monthlyTable)}
<section><h2>Idle limits</h2>
${limits.length === 0 && html`<p class="soft">${limitsEmpty}</p>`}
${limits.map(monthlyLimit)}
</section>
${monthlyTable(timeouts)}
<section><h2>Compliance with baselines</h2>
<p>${compliance.summary} What is met is left out here.</p>
</section>
${compliance.groups.map(complianceGroup)}
<section><h2>Detective control</h2>
<ul>${controls.map((line) => html`<li>${line}</li>`)}</ul>
</section>`,
  });
}

function monthlyTable({ heading, caption, columns, rows, empty }: MonthlyTable): Html {
  if (rows.length === 0) return html`<section><h2>${heading}</h2><p class="soft">${empty}</p></section>`;
  return html`<section>
<h2>${heading}</h2>
<table class="numbers">
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      name,
      ...numbers
    ]) => html`<tr><th scope="row">${name}</th>${numbers.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody>
</table>
</section>`;
}

function monthlyLimit({ heading, verdict, isToChange, text, facts, plot }: MonthlyLimit): Html {
  return html`<div class="limit">
<h3>${heading}</h3>
<p><strong class="${isToChange ? 'fail' : 'pass'}">${verdict}.</strong> ${text}</p>
${facts.length > 0 && html`<ul class="soft">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}
${plot}
</div>`;
}
