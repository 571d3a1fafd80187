import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface Problem {
  /** What is wrong, as a sentence; leads to the field. */
  readonly error?: string | undefined;
  /** The id of the field the error belongs to. */
  readonly field: string;
  /** Until when no try counts, as a sentence. */
  readonly wait?: string | undefined;
}

/** The box above the heading, or undefined if there is nothing to say. */
export function errorSummary({ error, field, wait }: Problem): Html | undefined {
  if (!error && !wait) return undefined;
  return html`<div class="problem" id="error-summary" role="alert" tabindex="-1">
<h2>${error ? 'There is a problem' : 'Please wait'}</h2>
${error && html`<p><a href="#${field}">${error}</a></p>`}
${wait && html`<p>${wait}</p>`}
</div>`;
}
