import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { plottedTable } from './plotted_table.ts';
import type { PlottedTable } from './plotted_table.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

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
