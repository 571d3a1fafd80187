import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** The way out of a page that changes how somebody signs in. */
export function backToSecurity(): Html {
  return html`<p class="aside"><a href="/account/security">Cancel</a></p>`;
}
