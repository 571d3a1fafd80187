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
import { eventTable } from './events.ts';
import type { EventProps } from './events.ts';
import { pageLinks } from './page_links.ts';
import type { PageLinks } from './page_links.ts';
import type { ListedSession } from './sessions.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleAccountsProps extends PageLinks {
  readonly filter: { readonly username: string; readonly role: string };
  readonly roles: readonly string[];
  readonly accounts: readonly {
    readonly username: string;
    readonly url: string;
    readonly name?: string | undefined;
    readonly email?: string | undefined;
    readonly roles: readonly string[];
    readonly disabled: boolean;
  }[];
}

export function consoleAccountsPage(shell: Shell, props: ConsoleAccountsProps): Html {
  const { filter, roles, accounts } = props;
  return consolePage(
    shell,
    { place: 'accounts', heading: 'Accounts' },
    html`<form method="get" action="/console/accounts" class="filter">
${textField({ name: 'username', label: 'Username begins with', input: { type: 'text', value: filter.username, autocomplete: 'off' } })}
${selectField({
  name: 'role',
  label: 'Role',
  value: filter.role,
  options: [{ value: '', label: 'Any' }, ...roles.map((name) => ({ value: name, label: name }))],
})}
<button class="button primary" type="submit">Show</button>
</form>
${shell.mayChange && html`<p><a href="/console/new-account">Invite somebody new</a></p>`}
${dataTable({
  caption: 'Accounts in the order of their usernames',
  columns: ['Username', 'Name', 'E-mail', 'Roles', 'State'],
  rows: accounts.map((account) => [
    html`<a href="${safeUrl(account.url)}">${account.username}</a>`,
    account.name,
    account.email,
    account.roles.join(', ') || 'None',
    account.disabled ? 'Disabled' : 'Enabled',
  ]),
  empty: 'No account is like that.',
})}
${pageLinks(props)}`,
  );
}

export interface ConsoleAccountProps {
  readonly username: string;
  readonly url: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly disabled: boolean;
  /** What may be done to it. */
  readonly changes: readonly { readonly url: string; readonly label: string }[];
  readonly sessions: readonly ListedSession[];
  readonly apps: readonly {
    readonly clientId: string;
    readonly lastActive: Moment;
    readonly idleEnd: Moment;
    readonly absoluteEnd: Moment;
  }[];
  readonly events: readonly EventProps[];
  readonly eventsUrl: string;
}

export function consoleAccountPage(shell: Shell, props: ConsoleAccountProps): Html {
  const { username, facts, disabled, changes, sessions, apps, events, eventsUrl } = props;
  return consolePage(
    shell,
    { place: 'accounts', heading: html`Account ${username}` },
    html`${disabled && html`<p class="notice">It is disabled: nobody can sign in to it.</p>`}
<dl class="facts">
${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
</dl>
${
  changes.length > 0 &&
  html`<ul class="plain links">${changes.map(
    ({ url, label }) => html`<li><a class="button tool" href="${safeUrl(url)}">${label}</a></li>`,
  )}</ul>`
}
<h2>Live sessions</h2>
${dataTable({
  caption: `Live sessions of ${username}`,
  columns: ['Apps', 'From', 'Policy', 'Last active', 'Ends when idle', 'Ends in any case'],
  rows: sessions.map((session) => [
    session.clients.join(', ') || 'None',
    session.address,
    session.policies.join(', '),
    moment(session.lastActive),
    moment(session.idleEnd),
    moment(session.absoluteEnd),
  ]),
  empty: 'Nobody is signed in.',
})}
<h2>Apps with access without their person</h2>
${dataTable({
  caption: `Apps with access to the account ${username} without its person`,
  columns: ['App', 'Last active', 'Ends when idle', 'Ends in any case'],
  rows: apps.map(({ clientId, lastActive, idleEnd, absoluteEnd }) => [
    clientId,
    moment(lastActive),
    moment(idleEnd),
    moment(absoluteEnd),
  ]),
  empty: 'None.',
})}
<h2>What happened lately</h2>
${eventTable(`What happened lately to ${username}`, events, 'Nothing but refreshes.')}
<p><a href="${safeUrl(eventsUrl)}">Look through the trail</a></p>`,
  );
}

export interface ConsoleAccountChangeProps {
  readonly username: string;
  readonly heading: string;
  readonly lead: string;
  readonly button: string;
  /** Where the form leads; the page it stands on has the same address. */
  readonly action: string;
  readonly back: string;
  readonly version: string;
  /** Where roles are chosen: all there are. */
  readonly roles?: readonly { readonly name: string; readonly held: boolean }[] | undefined;
}

/** One change to an account, before it is made. */
export function consoleAccountChangePage(shell: Shell, props: ConsoleAccountChangeProps): Html {
  const { username, heading, lead, button, action, back, version, roles } = props;
  return consolePage(
    shell,
    { place: 'accounts', heading: html`${heading}: ${username}` },
    html`<p class="lead">${lead}</p>
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: shell.csrfToken, version })}${
  roles &&
  html`<fieldset>
<legend>Roles</legend>
${roles.map(({ name, held }, at) => checkField({ id: `role-${at}`, name: 'role', value: name, label: name, checked: held }))}
</fieldset>`
}<button class="button primary" type="submit">${button}</button>
</form>
<p class="aside"><a href="${safeUrl(back)}">Cancel</a></p>`,
  );
}

export interface ConsoleNewAccountProps {
  readonly values: { readonly username: string; readonly name: string; readonly email: string };
  readonly roles: readonly { readonly name: string; readonly held: boolean }[];
  readonly error?: { readonly field: string; readonly text: string } | undefined;
}

export function consoleNewAccountPage(shell: Shell, { values, roles, error }: ConsoleNewAccountProps): Html {
  const at = (field: string) => (error?.field === field ? error.text : undefined);
  return consolePage(
    shell,
    {
      place: 'accounts',
      heading: 'Invite somebody new',
      problem: errorSummary({ error: error?.text, field: error?.field ?? '' }),
    },
    html`<p class="lead">The account is made without a password. The next page has a link with which its person sets one.</p>
<form method="post" action="/console/new-account">
${hiddenFields({ csrf: shell.csrfToken })}
${textField({ name: 'username', label: 'Username', error: at('username'), input: { type: 'text', value: values.username, autocomplete: 'off', required: true, maxlength: '200' } })}
${textField({ name: 'name', label: 'Name', hint: 'If you know it.', error: at('name'), input: { type: 'text', value: values.name, autocomplete: 'off', maxlength: '200' } })}
${textField({ name: 'email', label: 'E-mail address', hint: 'If there is one.', error: at('email'), input: { type: 'email', value: values.email, autocomplete: 'off', maxlength: '254' } })}
<fieldset>
<legend>Roles</legend>
${roles.map(({ name, held }, place) => checkField({ id: `role-${place}`, name: 'role', value: name, label: name, checked: held }))}
</fieldset>
<button class="button primary" type="submit">Make the account</button>
</form>
<p class="aside"><a href="/console/accounts">Cancel</a></p>`,
  );
}

export interface ConsoleLinkProps {
  readonly username: string;
  readonly accountUrl: string;
  /** A secret, shown this once. */
  readonly link: string;
  readonly lasts: string;
}

/** A one-time link for a password. */
export function consoleLinkPage(shell: Shell, { username, accountUrl, link, lasts }: ConsoleLinkProps): Html {
  return consolePage(
    shell,
    { place: 'accounts', heading: html`A link for ${username}` },
    html`<p class="lead">Whoever opens it sets the password: send it to nobody else. It works once, for ${lasts}, and is shown
only now.</p>
<p class="secret-line"><code>${link}</code></p>
<p class="aside"><a href="${safeUrl(accountUrl)}">To the account</a></p>`,
  );
}
