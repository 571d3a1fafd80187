import { html } from '../html.ts';
import type { Html, Part } from '../html.ts';

export interface DataTable {
  /** What it tells; read out, and the name of the region that scrolls in a narrow window. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell heads its row. */
  readonly rows: readonly (readonly Part[])[];
  /** Said instead of an empty table. */
  readonly empty: string;
  /** Columns of numbers, by their place. */
  readonly numbers?: readonly number[] | undefined;
}

/**
 * A table. In a narrow window each row of one that has words stands as a list of its cells with their columns'
 * names; one of numbers stays a table. Roles say what it is to browsers that forget it with the layout.
 */
export function dataTable({ caption, columns, rows, empty, numbers = [] }: DataTable): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  const hasWords = columns.some((_, at) => at > 0 && !numbers.includes(at));
  const look = (at: number) => numbers.includes(at) && html` class="number"`;
  return html`<div class="table-box" role="region" aria-label="${caption}" tabindex="0">
<table class="list${hasWords && ' words-list'}" role="table">
<caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(
    (name, at) => html`<th scope="col" role="columnheader"${look(at)}>${name}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map(
    ([first, ...rest]) => html`<tr role="row"><th scope="row" role="rowheader">${first}</th>${rest.map(
      (cell, at) => html`<td role="cell" data-column="${columns[at + 1]}"${look(at + 1)}>${cell}</td>`,
    )}</tr>
`,
  )}</tbody>
</table>
</div>`;
}
