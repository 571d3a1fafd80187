import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** Whose account the page is about. */
export function accountLine(username: string): Html {
  return html`<p class="account">Account <strong>${username}</strong></p>`;
}
