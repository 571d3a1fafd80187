import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { errorSummary } from '../partials/error_summary.ts';
import { moment } from '../partials/moment.ts';
import type { Moment } from '../partials/moment.ts';
import { textField } from '../partials/text_field.ts';
import { dataTable } from './data_table.ts';
import { endTable, sampleNote, sayEnds } from './end_table.ts';
import type { EndsProps } from './end_table.ts';
import { pageLinks } from './page_links.ts';
import type { PageLinks } from './page_links.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleHistoryProps extends PageLinks {
  readonly policy: string;
  readonly versions: readonly {
    readonly version: number;
    readonly url: string;
    readonly made: Moment;
    readonly author: string;
    readonly message?: string | undefined;
    readonly revertsTo?: number | undefined;
    /** The first changes in words, and how many more there are. */
    readonly changes: readonly string[];
    readonly more: number;
  }[];
}

/** The versions of the configuration, the newest first. */
export function consoleHistoryPage(shell: Shell, props: ConsoleHistoryProps): Html {
  const { policy, versions } = props;
  return consolePage(
    shell,
    { place: 'history', heading: 'History of the configuration' },
    html`<form method="get" action="/console/history" class="filter">
${textField({ name: 'policy', label: 'Changes of the policy', input: { type: 'text', value: policy, autocomplete: 'off', spellcheck: 'false' } })}
<button class="button primary" type="submit">Show</button>
</form>
${dataTable({
  caption: 'Versions of the configuration, the newest first',
  columns: ['Version', 'When', 'Who', 'What changed'],
  rows: versions.map(({ version, url, made, author, message, revertsTo, changes, more }) => [
    html`<a href="${safeUrl(url)}">Version ${version}</a>`,
    moment(made),
    author,
    html`${message && html`<p class="said">${message}</p>`}${
      revertsTo !== undefined && html`<p class="said">Re-establishes version ${revertsTo}</p>`
    }<ul class="plain detail">${changes.map((change) => html`<li>${change}</li>`)}${more > 0 && html`<li>and ${more} more</li>`}</ul>`,
  ]),
  empty: 'No version is like that.',
})}
${pageLinks(props)}`,
  );
}

/** What a field was and became, in words. */
export interface ChangedField {
  /** The section and the name of the entry. */
  readonly entry: string;
  readonly field: string;
  readonly change: string;
  /** Which way it leads: stricter, looser; '' where neither. */
  readonly direction: string;
}

export interface ConsoleVersionProps {
  readonly version: number;
  readonly to: number;
  readonly inForce: number;
  readonly changes: readonly ChangedField[];
  /** So many more differ than are shown. */
  readonly more: number;
  /** Still more differ, which nobody counted. */
  readonly isCut: boolean;
  /** undefined: this version is in force. */
  readonly revertUrl?: string | undefined;
}

/** One version beside another, or the one in force. */
export function consoleVersionPage(shell: Shell, props: ConsoleVersionProps): Html {
  const { version, to, inForce, changes, more, isCut, revertUrl } = props;
  return consolePage(
    shell,
    { place: 'history', heading: `From version ${version} to version ${to}` },
    html`<p class="lead">${to === inForce ? `Version ${to} is in force.` : `Version ${inForce} is in force.`} Of secrets only that they
changed is told.</p>
${
  revertUrl !== undefined &&
  html`<p><a class="button tool fit" href="${safeUrl(revertUrl)}">See what going back to version ${version} would end</a></p>`
}
<form method="get" action="/console/history/${version}" class="filter">
${textField({ name: 'to', label: 'Compare with version', input: { type: 'text', inputmode: 'numeric', value: String(to), autocomplete: 'off', maxlength: '15' } })}
<button class="button primary" type="submit">Compare</button>
</form>
${changeTable(`What changed from version ${version} to version ${to}`, changes, { more, isCut })}
<p class="aside"><a href="/console/history">To all versions</a></p>`,
  );
}

export interface ConsoleRevertProps {
  readonly version: number;
  readonly changes: readonly ChangedField[];
  /** So many more differ than are shown. */
  readonly more: number;
  readonly warnings: readonly string[];
  readonly ends: EndsProps;
  readonly backUrl: string;
  readonly message: string;
  readonly error?: string | undefined;
  readonly save:
    | { readonly action: string; readonly fields: Readonly<Record<string, string>> }
    /** Where a second factor is asked for first; it leads back here. */
    | { readonly proofUrl: string }
    | undefined;
}

/** What going back to a version would change and end, before it is done. */
export function consoleRevertPage(shell: Shell, props: ConsoleRevertProps): Html {
  const { version, changes, more, warnings, ends, backUrl, message, error, save } = props;
  return consolePage(
    shell,
    {
      place: 'history',
      heading: `What would end: back to version ${version}`,
      problem: errorSummary({ error, field: 'message' }),
    },
    html`<p class="lead"><strong>${sayEnds(ends)}</strong> It becomes a new version; a lengthened limit revives nothing, and secrets stay as
they are now.</p>
${sampleNote(ends)}
${warnings.map((warning) => html`<p class="notice">${warning}</p>`)}
${
  save &&
  changes.length > 0 &&
  ('proofUrl' in save
    ? html`<p><a class="button primary fit" href="${safeUrl(save.proofUrl)}">Confirm it’s you, then go back</a></p>`
    : html`<form method="post" action="${safeUrl(save.action)}">
${hiddenFields({ csrf: shell.csrfToken, ...save.fields })}
${textField({
  name: 'message',
  label: 'Why',
  hint: 'For the history, if you like. At most 500 characters.',
  error,
  input: { type: 'text', value: message, autocomplete: 'off', maxlength: '500' },
})}
<button class="button primary" type="submit">Go back to version ${version}</button>
</form>`)
}
<p class="aside"><a href="${safeUrl(backUrl)}">Cancel</a></p>
<h2>What changes</h2>
${changeTable('What changes', changes, { more, isCut: false })}
<h2>What would end</h2>
${endTable(ends)}`,
  );
}

function changeTable(
  caption: string,
  changes: readonly ChangedField[],
  { more, isCut }: { more: number; isCut: boolean },
): Html {
  return html`${dataTable({
    caption,
    columns: ['Where', 'What', 'Was and becomes', 'Which way'],
    rows: changes.map(({ entry, field, change, direction }) => [entry, field, change, direction]),
    empty: 'Nothing: they are the same.',
  })}
${(more > 0 || isCut) && html`<p class="soft">And ${sayMore(more, isCut)}, which <code>curfew policy diff</code> tells.</p>`}`;
}

function sayMore(more: number, isCut: boolean): string {
  if (!isCut) return `${more} more`;
  return more > 0 ? `more than ${more} more` : 'more';
}
