import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { dataTable } from './data_table.ts';
import { reportPlaces } from './report_places.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleIdleHoldingsProps {
  readonly summary: string;
  readonly plot?: Html | undefined;
  readonly rows: readonly {
    readonly policy: string;
    readonly url: string;
    readonly limit: string;
    readonly live: string;
    readonly idle: string;
    readonly rows: string;
    readonly bytes: string;
  }[];
  readonly fileUrl: string;
}

/** What live sessions hold that nobody uses. */
export function consoleIdleHoldingsPage(shell: Shell, props: ConsoleIdleHoldingsProps): Html {
  const { summary, plot, rows, fileUrl } = props;
  return consolePage(
    shell,
    { place: 'reports', heading: 'Idle sessions' },
    html`${reportPlaces('holdings')}
<p class="lead">Nobody has used these live sessions for more than half of their idle limit. Until it passes, they keep their own
row, those of the access bound to them, and those of all its tokens: <strong>${summary}</strong></p>
${plot}
${dataTable({
  caption: 'What idle sessions hold, by the policy that sets their idle limit',
  columns: ['Policy', 'Idle limit', 'Live', 'Idle', 'Rows', 'Bytes'],
  rows: rows.map((row) => [
    html`<a href="${safeUrl(row.url)}">${row.policy}</a>`,
    row.limit,
    row.live,
    row.idle,
    row.rows,
    row.bytes,
  ]),
  empty: 'No session is live.',
  numbers: [2, 3, 4, 5],
})}
<p class="soft">Of many sessions a part is counted, and the rest estimated from it.</p>
${rows.length > 0 && html`<p><a href="${safeUrl(fileUrl)}" download>Take it away as CSV</a></p>`}`,
  );
}
