import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { errorSummary } from '../partials/error_summary.ts';
import { textField } from '../partials/text_field.ts';
import { dataTable } from './data_table.ts';
import { pageLinks } from './page_links.ts';
import type { PageLinks } from './page_links.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleClientsProps extends PageLinks {
  readonly filter: string;
  readonly clients: readonly {
    readonly clientId: string;
    readonly url: string;
    readonly name: string;
    readonly grants: readonly string[];
    readonly policy: string;
    readonly disabled: boolean;
  }[];
  /** The kinds of app that the wizard knows. */
  readonly kinds: readonly { readonly url: string; readonly label: string; readonly hint: string }[];
}

export function consoleClientsPage(shell: Shell, props: ConsoleClientsProps): Html {
  const { filter, clients, kinds } = props;
  return consolePage(
    shell,
    { place: 'clients', heading: 'Apps' },
    html`<form method="get" action="/console/clients" class="filter">
${textField({ name: 'id', label: 'Client id begins with', input: { type: 'text', value: filter, autocomplete: 'off', spellcheck: 'false' } })}
<button class="button primary" type="submit">Show</button>
</form>
${dataTable({
  caption: 'Apps in the order of their client ids',
  columns: ['Client id', 'Name', 'Ways to a token', 'Policy', 'State'],
  rows: clients.map(({ clientId, url, name, grants, policy, disabled }) => [
    html`<a href="${safeUrl(url)}">${clientId}</a>`,
    name,
    grants.join(', '),
    policy,
    disabled ? 'Disabled' : 'Enabled',
  ]),
  empty: 'No app is like that.',
})}
${pageLinks(props)}
${
  shell.mayChange &&
  html`<h2>Add an app</h2>
<ul class="plain kinds">${kinds.map(
    ({ url, label, hint }) =>
      html`<li><a href="${safeUrl(url)}">${label}</a> <span class="soft">${hint}</span></li>`,
  )}</ul>`
}`,
  );
}

export interface ConsoleClientProps {
  readonly clientId: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly sessionsUrl: string;
  readonly disabled: boolean;
  /** What may be done to it. */
  readonly changes: readonly { readonly url: string; readonly label: string }[];
}

export function consoleClientPage(shell: Shell, props: ConsoleClientProps): Html {
  const { clientId, facts, sessionsUrl, disabled, changes } = props;
  return consolePage(
    shell,
    { place: 'clients', heading: html`App ${clientId}` },
    html`${disabled && html`<p class="notice">While it is disabled, nobody gets to it, and it gets nothing.</p>`}
${
  changes.length > 0 &&
  html`<ul class="plain links">${changes.map(
    ({ url, label }) => html`<li><a class="button tool" href="${safeUrl(url)}">${label}</a></li>`,
  )}</ul>`
}
${dataTable({
  caption: `What is configured of the app ${clientId}`,
  columns: ['Key', 'Value'],
  rows: facts.map(({ label, value }) => [label, value]),
  empty: 'Nothing.',
})}
<p><a href="${safeUrl(sessionsUrl)}">Its live sessions</a></p>`,
  );
}

export interface ConsoleNewClientProps {
  readonly heading: string;
  readonly lead: string;
  readonly action: string;
  readonly fields: readonly {
    readonly name: string;
    readonly label: string;
    readonly hint: string;
    readonly value: string;
    readonly required: boolean;
  }[];
  readonly error?: { readonly field: string; readonly text: string } | undefined;
}

export function consoleNewClientPage(shell: Shell, props: ConsoleNewClientProps): Html {
  const { heading, lead, action, fields, error } = props;
  return consolePage(
    shell,
    {
      place: 'clients',
      heading,
      problem: errorSummary({ error: error?.text, field: error?.field ?? '' }),
    },
    html`<p class="lead">${lead}</p>
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: shell.csrfToken })}
${fields.map(({ name, label, hint, value, required }) =>
  textField({
    name,
    label,
    hint,
    error: error?.field === name ? error.text : undefined,
    input: { type: 'text', value, autocomplete: 'off', spellcheck: 'false', required, maxlength: '1000' },
  }),
)}
<button class="button primary" type="submit">Add the app</button>
</form>
<p class="aside"><a href="/console/clients">Cancel</a></p>`,
  );
}

export interface ConsoleAddedClientProps {
  readonly clientId: string;
  readonly url: string;
  /** Shown this once. */
  readonly secret?: string | undefined;
  /** How to use it, in the order of steps. */
  readonly snippets: readonly { readonly heading: string; readonly text: string }[];
}

export function consoleAddedClientPage(shell: Shell, props: ConsoleAddedClientProps): Html {
  const { clientId, url, secret, snippets } = props;
  return consolePage(
    shell,
    { place: 'clients', heading: html`The app ${clientId} is added` },
    html`${
      secret &&
      html`<p class="lead">Its secret is shown only now: only a hash of it is kept.</p>
<p class="secret-line"><code>${secret}</code></p>`
    }
${snippets.map(
  ({ heading, text }) => html`<h2>${heading}</h2>
<div class="snippet" role="region" aria-label="${heading}" tabindex="0"><pre><code>${text}</code></pre></div>`,
)}
<p class="aside"><a href="${safeUrl(url)}">What is configured of it</a></p>`,
  );
}
