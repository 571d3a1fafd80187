import { html, safeUrl } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { dataTable } from './data_table.ts';

/** A plot, and the same numbers as a table. */
export interface PlottedTable {
  readonly heading: string;
  /** Said before the plot, and what else is to be known. */
  readonly text?: Part | undefined;
  readonly facts?: readonly string[] | undefined;
  readonly plot: Html;
  readonly caption: string;
  readonly columns: readonly string[];
  /** A name, then numbers; the name may lead somewhere. */
  readonly rows: readonly {
    readonly name: string;
    readonly url?: string | undefined;
    readonly numbers: readonly string[];
  }[];
  readonly empty: string;
  /** The same numbers and more, as a file. */
  readonly fileUrl?: string | undefined;
}

export function plottedTable(props: PlottedTable): Html {
  const { heading, text, facts = [], plot, caption, columns, rows, empty, fileUrl } = props;
  return html`<section>
<h2>${heading}</h2>
${text !== undefined && html`<p>${text}</p>`}
${facts.length > 0 && html`<ul class="plain detail">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}
${rows.length > 0 && plot}
${dataTable({
  caption,
  columns,
  rows: rows.map(({ name, url, numbers }) => [
    url === undefined ? name : html`<a href="${safeUrl(url)}">${name}</a>`,
    ...numbers,
  ]),
  empty,
  numbers: columns.map((_, at) => at).slice(1),
})}
${fileUrl !== undefined && html`<p><a href="${safeUrl(fileUrl)}" download>All points as CSV</a></p>`}
</section>`;
}
