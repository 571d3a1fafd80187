import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** What the form just sent has done. It takes the focus, so that it is read out first. */
export function outcome(text: string | undefined): Html | undefined {
  return text ? html`<p class="notice" role="status" tabindex="-1" autofocus>${text}</p>` : undefined;
}
