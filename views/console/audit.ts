import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { textField } from '../partials/text_field.ts';
import { eventTable } from './events.ts';
import type { EventProps } from './events.ts';
import { pageLinks } from './page_links.ts';
import type { PageLinks } from './page_links.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleAuditProps extends PageLinks {
  readonly filter: {
    readonly name: string;
    readonly account: string;
    readonly from: string;
    readonly to: string;
  };
  readonly events: readonly EventProps[];
  readonly exports: readonly { readonly url: string; readonly label: string }[];
  /** So many events an export has at most. */
  readonly mostExported: string;
}

/** The trail, the newest event first. */
export function consoleAuditPage(shell: Shell, props: ConsoleAuditProps): Html {
  const { filter, events, exports, mostExported } = props;
  return consolePage(
    shell,
    { place: 'audit', heading: 'Audit trail' },
    html`<form method="get" action="/console/audit" class="filter">
${textField({ name: 'name', label: 'What: begins with', input: { type: 'text', value: filter.name, autocomplete: 'off', spellcheck: 'false' } })}
${textField({ name: 'account', label: 'Account: username or identifier', input: { type: 'text', value: filter.account, autocomplete: 'off' } })}
${textField({ name: 'from', label: 'From the day', input: { type: 'date', value: filter.from } })}
${textField({ name: 'to', label: 'To the day', input: { type: 'date', value: filter.to } })}
<button class="button primary" type="submit">Show</button>
</form>
<p class="soft">Days are those of UTC. Take this away as ${exports.map(
      ({ url, label }, at) => html`${at > 0 && ' or '}<a href="${safeUrl(url)}" download>${label}</a>`,
    )}: the newest ${mostExported} at most.</p>
${eventTable('Events of the trail, the newest first', events, 'No event among those looked through is like that.')}
${pageLinks(props)}`,
  );
}
