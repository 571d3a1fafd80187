import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';

export interface LinkSentProps {
  /** Where to ask once more. */
  readonly againUrl: string;
}

/** The same words whether there is such an account or not. */
export function linkSentPage(context: PageContext, { againUrl }: LinkSentProps): Html {
  return layout(
    context,
    { heading: 'Check your mail' },
    html`<p class="lead">If there is such an account, and it has an e-mail address, a mail with a link is on its way.</p>
<p>The link works once, and not for long. If you asked more than once, only the newest works.</p>
<p>Nothing came? Look in the spam folder, <a href="${safeUrl(againUrl)}">ask for another one</a>, or ask whoever runs
this service. You can close this page.</p>`,
  );
}
