import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { dataTable } from './data_table.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

/** A plot, and the same numbers as a table. */
export interface PlottedTable {
  readonly heading: string;
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
}

export interface ConsoleOverviewProps {
  readonly tables: readonly PlottedTable[];
}

export function consoleOverviewPage(shell: Shell, { tables }: ConsoleOverviewProps): Html {
  return consolePage(
    shell,
    { place: 'overview', heading: 'Overview' },
    html`<p class="lead">What is open now, and what ended or was refused lately. Large tables are sampled: the numbers are
estimates then.</p>
<div class="plots">
${tables.map(plottedTable)}
</div>`,
  );
}

function plottedTable({ heading, plot, caption, columns, rows, empty }: PlottedTable): Html {
  return html`<section>
<h2>${heading}</h2>
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
</section>`;
}
