import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import type { MonthlyPageProps, MonthlyTable } from '../monthly.ts';
import { selectField } from '../partials/select_field.ts';
import { dataTable } from './data_table.ts';
import { plottedTable } from './plotted_table.ts';
import type { PlottedTable } from './plotted_table.ts';
import { reportPlaces } from './report_places.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleMonthlyProps
  extends Pick<
    MonthlyPageProps,
    'heading' | 'summary' | 'notes' | 'limits' | 'limitsEmpty' | 'timeouts' | 'controls'
  > {
  /** `YYYY-MM`, and the months that may be asked for. */
  readonly month: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly tables: readonly PlottedTable[];
  readonly compliance: string;
  /** The same as a page of its own, to save, to print and to send; and its counts. */
  readonly pageUrl: string;
  readonly fileUrl: string;
}

/** A month, as it is saved and mailed. */
export function consoleMonthlyPage(shell: Shell, props: ConsoleMonthlyProps): Html {
  const { heading, summary, notes, month, choices, tables, limits, limitsEmpty, timeouts } = props;
  return consolePage(
    shell,
    { place: 'reports', heading },
    html`${reportPlaces('monthly')}
${notes.map((note) => html`<p class="notice">${note}</p>`)}
<p class="lead"><strong>${summary}</strong></p>
<form class="filter" method="get" action="/console/reports/monthly">
${selectField({ name: 'month', label: 'Month', value: month, options: choices })}
<button class="button tool" type="submit">Show</button>
</form>
<p><a href="${safeUrl(props.pageUrl)}" download>Take it away as a page to save, to print and to send</a>,
<a href="${safeUrl(props.fileUrl)}" download>or its counts as CSV</a></p>
${tables.map(plottedTable)}
<h2>Idle limits</h2>
${limits.length === 0 && html`<p class="soft">${limitsEmpty}</p>`}
${limits.map(
  ({ heading: name, verdict, text, facts, plot }) => html`<section>
<h3>${name}</h3>
<p><strong>${verdict}.</strong> ${text}</p>
${facts.length > 0 && html`<ul class="plain detail">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}
${plot}
</section>`,
)}
${plainTable(timeouts)}
<h2>Compliance with baselines</h2>
<p>${props.compliance} <a href="/console/reports">What is asked, and what is missed</a></p>
<h2>Detective control</h2>
<ul>${props.controls.map((line) => html`<li>${line}</li>`)}</ul>
<p><a href="/console/reports/controls">What it found, and which</a></p>`,
  );
}

function plainTable({ heading, caption, columns, rows, empty }: MonthlyTable): Html {
  return html`<section>
<h2>${heading}</h2>
${dataTable({ caption, columns, rows, empty, numbers: [1] })}
</section>`;
}
