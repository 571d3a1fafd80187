import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface ScopeText {
  readonly name: string;
  /** What the scope allows, for people; may be empty. */
  readonly description: string;
}

export interface ResourceText {
  readonly identifier: string;
  readonly scopes: readonly ScopeText[];
}

export interface Permissions {
  readonly clientName: string;
  readonly scopes: readonly ScopeText[];
  readonly resources: readonly ResourceText[];
  /** Nobody signed in yet, so it is not known what of it they may give. */
  readonly asked?: boolean | undefined;
}

/** What an app may do, by the place where it may do it. */
export function permissions({ clientName, scopes, resources, asked }: Permissions): Html {
  return html`${scopes.length > 0 && html`<h2>${clientName} ${asked ? 'asks to' : 'will be able to'}</h2>${scopeList(scopes)}`}
${resources.map(
  ({ identifier, scopes: theirs }) => html`<h2>At <span class="identifier">${identifier}</span></h2>
${theirs.length > 0 ? scopeList(theirs) : html`<p class="soft">Nothing beyond knowing who you are.</p>`}`,
)}
${scopes.length + resources.length === 0 && html`<p>${clientName} will only know that you signed in.</p>`}`;
}

function scopeList(scopes: readonly ScopeText[]): Html {
  return html`<ul class="permissions">${scopes.map(
    ({ name, description }) =>
      html`<li>${description && html`<span>${description}</span> `}<code>${name}</code></li>`,
  )}</ul>`;
}
