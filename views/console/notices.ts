import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { checkField } from '../partials/check_field.ts';
import { moment } from '../partials/moment.ts';
import type { Moment } from '../partials/moment.ts';
import { dataTable } from './data_table.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleNoticesProps {
  readonly notices: readonly {
    readonly noticeId: string;
    readonly kind: string;
    readonly receiver: string;
    readonly queued: Moment;
    readonly tries: number;
    readonly lastError: string;
    readonly givenUp: Moment;
  }[];
  /** There are more than are listed. */
  readonly isCut: boolean;
}

/** What could not be delivered, and is tried no more. */
export function consoleNoticesPage(shell: Shell, { notices, isCut }: ConsoleNoticesProps): Html {
  const table = dataTable({
    caption: 'Notices that were given up, the oldest first',
    columns: ['Receiver', 'Kind', 'Queued', 'Given up', 'Tries', 'Last error'],
    rows: notices.map(({ noticeId, kind, receiver, queued, tries, lastError, givenUp }) => [
      shell.mayChange
        ? checkField({ id: `notice-${noticeId}`, name: 'notice', value: noticeId, label: receiver })
        : receiver,
      kind,
      moment(queued),
      moment(givenUp),
      tries,
      lastError,
    ]),
    empty: 'Everything was delivered, or is still being tried.',
    numbers: [4],
  });
  return consolePage(
    shell,
    { place: 'notices', heading: 'Undelivered notices' },
    html`<p class="lead">Apps and receivers that were to be told of an end or a change, and could not be. They are kept until
somebody tries them again.</p>
${
  shell.mayChange && notices.length > 0
    ? html`<form method="get" action="/console/notices/replay">
${table}
<button class="button tool" type="submit">Try those that are chosen again</button>
</form>
<p><a href="/console/notices/replay?all=1">Try all of them again</a></p>`
    : table
}
${isCut && html`<p class="soft">There are more: these are the oldest.</p>`}`,
  );
}

export interface ConsoleReplayProps {
  /** Identifiers of notices; undefined: all. */
  readonly chosen: readonly string[] | undefined;
}

export function consoleReplayPage(shell: Shell, { chosen }: ConsoleReplayProps): Html {
  const what =
    chosen === undefined ? 'all notices' : chosen.length === 1 ? 'one notice' : `${chosen.length} notices`;
  return consolePage(
    shell,
    { place: 'notices', heading: `Try ${what} again?` },
    html`<p class="lead">They begin anew, as if they were queued now. Their receivers may have heard of them already.</p>
<form method="post" action="/console/notices/replay">
${hiddenFields({ csrf: shell.csrfToken, notices: chosen === undefined ? 'all' : chosen.join(' ') })}<button class="button primary" type="submit">Try again</button>
</form>
<p class="aside"><a href="/console/notices">Cancel</a></p>`,
  );
}
