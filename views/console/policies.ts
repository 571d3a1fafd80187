import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { selectField } from '../partials/select_field.ts';
import { textField } from '../partials/text_field.ts';
import { dataTable } from './data_table.ts';
import { endTable, sampleNote, sayEnds } from './end_table.ts';
import type { EndsProps } from './end_table.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsolePoliciesProps {
  readonly policies: readonly {
    readonly name: string;
    readonly url: string;
    readonly version: number;
    readonly idle: string;
    readonly absolute: string;
    readonly secondFactor: string;
    readonly baselines: readonly string[];
  }[];
  readonly roles: readonly {
    readonly name: string;
    readonly policy?: string | undefined;
    readonly url?: string | undefined;
    readonly isHeld: boolean;
  }[];
}

export function consolePoliciesPage(shell: Shell, { policies, roles }: ConsolePoliciesProps): Html {
  return consolePage(
    shell,
    { place: 'policies', heading: 'Policies and roles' },
    html`<p class="lead">Of the policies that apply to somebody, the strictest value of each limit holds.</p>
<p><a href="/console/new-policy">Write a new policy</a> or look at <a href="/console/roles">what each role has</a></p>
<h2>Policies</h2>
${dataTable({
  caption: 'Policies',
  columns: ['Policy', 'Version', 'Session idle', 'Session in any case', 'Second factor', 'Baselines'],
  rows: policies.map(({ name, url, version, idle, absolute, secondFactor, baselines }) => [
    html`<a href="${safeUrl(url)}">${name}</a>`,
    sayVersion(version),
    idle,
    absolute,
    secondFactor,
    baselines.join(', ') || 'None',
  ]),
  empty: 'There is no policy.',
})}
<h2>Roles</h2>
${dataTable({
  caption: 'Roles and their policies',
  columns: ['Role', 'Policy', 'People'],
  rows: roles.map(({ name, policy, url, isHeld }) => [
    name,
    policy === undefined || url === undefined
      ? 'None of its own'
      : html`<a href="${safeUrl(url)}">${policy}</a>`,
    isHeld ? 'Somebody has it' : 'Nobody has it',
  ]),
  empty: 'There is no role.',
})}`,
  );
}

const sayVersion = (version: number) => (version === 0 ? 'Built in' : version);

export interface ConsolePolicyProps {
  readonly name: string;
  readonly version: number;
  readonly limits: readonly {
    readonly label: string;
    readonly value?: string | undefined;
    readonly hint: string;
  }[];
  readonly baselines: readonly string[];
  /** What names it: roles, scopes, resources, clients; the clients to so many. */
  readonly uses: readonly string[];
  readonly editUrl: string;
}

/** One policy, its durations in words. */
export function consolePolicyPage(shell: Shell, props: ConsolePolicyProps): Html {
  const { name, version, limits, baselines, uses, editUrl } = props;
  return consolePage(
    shell,
    { place: 'policies', heading: html`Policy ${name}` },
    html`<p class="lead">${version === 0 ? 'Built in' : html`Version ${version}`}. ${
      baselines.length > 0 ? `It is to meet ${baselines.join(', ')}.` : 'It claims no baseline.'
    }</p>
<p><a class="button tool fit" href="${safeUrl(editUrl)}">${shell.mayChange ? 'Change it' : 'Try other limits'}</a></p>
${dataTable({
  caption: `Limits of the policy ${name}`,
  columns: ['Limit', 'Value', 'Meaning'],
  rows: limits.map(({ label, value, hint }) => [
    label,
    value ?? html`<span class="soft">Not set</span>`,
    hint,
  ]),
  empty: 'It sets no limit.',
})}
<h2>Where it applies</h2>
${
  uses.length > 0
    ? html`<ul class="plain">${uses.map((use) => html`<li>${use}</li>`)}</ul>`
    : html`<p class="soft">Nothing names it.</p>`
}`,
  );
}

export interface ConsoleNewPolicyProps {
  readonly error?: string | undefined;
  readonly origins: readonly { readonly value: string; readonly label: string }[];
}

/** A policy begins with a name, and what it is made after. */
export function consoleNewPolicyPage(shell: Shell, { error, origins }: ConsoleNewPolicyProps): Html {
  return consolePage(
    shell,
    { place: 'policies', heading: 'New policy' },
    html`<form method="get" action="/console/new-policy">
${textField({
  name: 'name',
  label: 'Name',
  hint: 'Letters, digits, and . _ : / -',
  error,
  input: { type: 'text', autocomplete: 'off', spellcheck: 'false', required: true, maxlength: '100' },
})}
${selectField({
  name: 'from',
  label: 'Begin with',
  hint: 'The longest limits that a baseline allows, or those of another policy.',
  options: [{ value: '', label: 'Nothing' }, ...origins],
})}
<button class="button primary" type="submit">Continue</button>
</form>`,
  );
}

export interface ConsolePolicyPreviewProps {
  readonly name: string;
  readonly differences: readonly { readonly label: string; readonly from: string; readonly to: string }[];
  readonly warnings: readonly string[];
  readonly ends: EndsProps;
  readonly backUrl: string;
  readonly save:
    | { readonly action: string; readonly fields: Readonly<Record<string, string>> }
    /** Where a second factor is asked for first; it leads back here. */
    | { readonly proofUrl: string }
    | undefined;
}

/** What a change would end, before it is saved. */
export function consolePolicyPreviewPage(shell: Shell, props: ConsolePolicyPreviewProps): Html {
  const { name, differences, warnings, ends, backUrl, save } = props;
  return consolePage(
    shell,
    { place: 'policies', heading: html`What would end: ${name}` },
    html`<p class="lead"><strong>${sayEnds(ends)}</strong> A lengthened limit revives nothing.</p>
${sampleNote(ends)}
${
  save &&
  differences.length > 0 &&
  ('proofUrl' in save
    ? html`<p><a class="button primary fit" href="${safeUrl(save.proofUrl)}">Confirm it’s you, then save</a></p>`
    : html`<form method="post" action="${safeUrl(save.action)}">
${hiddenFields({ csrf: shell.csrfToken, ...save.fields })}<button class="button primary" type="submit">Save the policy</button>
</form>`)
}
<p class="aside"><a href="${safeUrl(backUrl)}">Change it again</a> or <a href="/console/policies">cancel</a></p>
${warnings.map((warning) => html`<p class="notice">${warning}</p>`)}
<h2>What changes</h2>
${dataTable({
  caption: 'What changes',
  columns: ['Limit', 'Now', 'Then'],
  rows: differences.map(({ label, from, to }) => [label, from, to]),
  empty: 'Nothing: the policy is so already.',
})}
<h2>What would end</h2>
${endTable(ends)}`,
  );
}
