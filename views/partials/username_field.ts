import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** Tells password managers whose password a form is about; nobody sees it. */
export function usernameField(username: string): Html {
  return html`<input type="hidden" name="username" value="${username}" autocomplete="username">`;
}
