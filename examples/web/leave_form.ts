import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Deadline, Deadlines } from './tokens.ts';

/** The way out, and what `watch.js` needs to warn before the server closes the door. */
export function leaveForm({
  deadlines: { idle, absolute },
  formToken,
  issuer,
  now,
}: {
  deadlines: Deadlines;
  formToken: string;
  issuer: URL;
  now: number;
}): Html {
  const left = (deadline: Deadline | undefined) => deadline && (deadline.endAt - now) / 1000;
  return html`<noscript><p class="more"><a href="${issuer.origin}/session/view">When the sign-in ends, and how to
stay</a></p></noscript>
<form class="leave" id="leave" method="post" action="/logout" data-issuer="${issuer.origin}"
data-idle-left="${left(idle)}" data-absolute-left="${left(absolute)}">
<input type="hidden" name="form_token" value="${formToken}">
<button class="button quiet">Sign out</button>
</form>`;
}
