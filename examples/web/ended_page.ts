import { html } from './html.ts';
import type { Html } from './html.ts';
import { facts, layout, time } from './layout.ts';
import type { Refusal } from './refusal.ts';

const headings: Record<string, string> = {
  idle_timeout: 'Signed out: nothing happened for too long',
  absolute_timeout: 'Signed out: the longest time is over',
};

/** Why the server refused to refresh, in its words, and the way back to `returnTo`, a path of this app. */
export function endedPage(refusal: Refusal, returnTo: string): Html {
  const { error, description, reason, sentence, details, refusedAt, held } = refusal;
  const { idle, absolute } = held.deadlines;
  return layout(
    headings[reason ?? ''] ?? 'Signed out: the server refused to refresh',
    html`<div class="reason" role="alert">
${reason !== undefined && html`<p><code>${reason}</code></p>`}
<p class="sentence">${sentence}</p>
</div>
<form action="/login"><input type="hidden" name="return_to" value="${returnTo}"><button class="button primary">Sign in again</button></form>
<section aria-labelledby="answer">
<h2 id="answer">What the server answered</h2>
${facts([
  ['error', html`<code>${error}</code>`],
  ['error_description', description],
  ...details,
  ['Refused at', time(refusedAt, refusedAt)],
  ['Idle limit, as told before', idle && time(idle.endAt, refusedAt)],
  ['Absolute limit, as told before', absolute && time(absolute.endAt, refusedAt)],
])}
</section>`,
  );
}
