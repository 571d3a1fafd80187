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

/** A table that scrolls sideways, by itself, where the window is narrow. */
export function dataTable({ caption, columns, rows, empty, numbers = [] }: DataTable): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  const look = (at: number) => numbers.includes(at) && html` class="number"`;
  return html`<div class="table-box" role="region" aria-label="${caption}" tabindex="0">
<table class="list">
<caption class="unseen">${caption}</caption>
<thead><tr>${columns.map((name, at) => html`<th scope="col"${look(at)}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map(
      (cell, at) => html`<td${look(at + 1)}>${cell}</td>`,
    )}</tr>
`,
  )}</tbody>
</table>
</div>`;
}
