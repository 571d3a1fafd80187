import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { checkField } from '../partials/check_field.ts';
import { errorSummary } from '../partials/error_summary.ts';
import { moment } from '../partials/moment.ts';
import type { Moment } from '../partials/moment.ts';
import { selectField } from '../partials/select_field.ts';
import { textField } from '../partials/text_field.ts';
import { dataTable } from './data_table.ts';
import { pageLinks } from './page_links.ts';
import type { PageLinks } from './page_links.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface SessionFilter {
  readonly person: string;
  readonly client: string;
  readonly policy: string;
  readonly isSoon: boolean;
}

export interface ListedSession {
  readonly sessionId: string;
  readonly username: string;
  readonly accountUrl: string;
  /** The apps signed in through it, by their ids. */
  readonly clients: readonly string[];
  readonly address?: string | undefined;
  readonly lastActive: Moment;
  readonly idleEnd: Moment;
  readonly absoluteEnd: Moment;
  /** The policies that set the two limits. */
  readonly policies: readonly string[];
}

export interface ConsoleSessionsProps extends PageLinks {
  readonly filter: SessionFilter;
  readonly policies: readonly string[];
  readonly sessions: readonly ListedSession[];
}

/** What is open now, soonest to end first; some of it can be chosen, and ended. */
export function consoleSessionsPage(shell: Shell, props: ConsoleSessionsProps): Html {
  const { filter, policies, sessions } = props;
  const table = dataTable({
    caption: 'Live sessions, those whose end may come soonest first',
    columns: ['Person', 'Apps', 'Policy', 'Last active', 'Ends when idle', 'Ends in any case'],
    rows: sessions.map((session) => [
      shell.mayChange
        ? chooser(session)
        : html`<a href="${safeUrl(session.accountUrl)}">${session.username}</a>`,
      html`${session.clients.join(', ') || 'None'}${session.address && html`<span class="when">From ${session.address}</span>`}`,
      session.policies.join(', '),
      moment(session.lastActive),
      moment(session.idleEnd),
      moment(session.absoluteEnd),
    ]),
    empty: 'No live session is like that.',
  });
  return consolePage(
    shell,
    { place: 'sessions', heading: 'Live sessions' },
    html`<form method="get" action="/console/sessions" class="filter">
${textField({ name: 'person', label: 'Username', input: { type: 'text', value: filter.person, autocomplete: 'off' } })}
${textField({ name: 'client', label: 'App, by its client id', input: { type: 'text', value: filter.client, autocomplete: 'off' } })}
${selectField({
  name: 'policy',
  label: 'Policy that sets a limit',
  value: filter.policy,
  options: [{ value: '', label: 'Any' }, ...policies.map((name) => ({ value: name, label: name }))],
})}
${checkField({ id: 'soon', name: 'soon', value: '1', label: 'Ends within the hour', checked: filter.isSoon })}
<button class="button primary" type="submit">Show</button>
</form>
${
  shell.mayChange && sessions.length > 0
    ? html`<form method="get" action="/console/sessions/end">
${table}
<button class="button tool" type="submit">End those that are chosen</button>
</form>`
    : table
}
${pageLinks(props)}`,
  );
}

function chooser({ sessionId, username, accountUrl }: ListedSession): Html {
  return html`${checkField({
    id: `session-${sessionId}`,
    name: 'session',
    value: sessionId,
    label: html`${username}<span class="unseen">: choose this session</span>`,
  })}
<a class="when" href="${safeUrl(accountUrl)}">Account<span class="unseen"> of ${username}</span></a>`;
}

export interface ConsoleEndSessionsProps {
  readonly sessions: readonly Pick<ListedSession, 'sessionId' | 'username' | 'clients' | 'lastActive'>[];
  readonly reason: string;
  readonly error?: string | undefined;
}

/** The last look before sessions end: which ones, and what their people are told. */
export function consoleEndSessionsPage(shell: Shell, props: ConsoleEndSessionsProps): Html {
  const { sessions, reason, error } = props;
  return consolePage(
    shell,
    {
      place: 'sessions',
      heading: sessions.length === 1 ? 'End this session?' : `End these ${sessions.length} sessions?`,
      problem: errorSummary({ error, field: 'reason' }),
    },
    html`<p class="lead">Their people are signed out at once. Every app of such a session loses its access, that without
its user too, and is told.</p>
<form method="post" action="/console/sessions/end">
${hiddenFields({ csrf: shell.csrfToken, sessions: sessions.map(({ sessionId }) => sessionId).join(' ') })}
${textField({
  name: 'reason',
  label: 'Reason',
  hint: 'Shown to them when they come back. At most 200 characters.',
  error,
  input: { type: 'text', value: reason, autocomplete: 'off', maxlength: '200', required: true },
})}
<button class="button primary" type="submit">End ${sessions.length === 1 ? 'the session' : 'the sessions'}</button>
</form>
<p class="aside"><a href="/console/sessions">Cancel</a></p>
${dataTable({
  caption: 'Sessions that would end',
  columns: ['Person', 'Apps', 'Last active'],
  rows: sessions.map(({ username, clients, lastActive }) => [
    username,
    clients.join(', ') || 'None',
    moment(lastActive),
  ]),
  empty: 'None of them is open any more.',
})}`,
  );
}
