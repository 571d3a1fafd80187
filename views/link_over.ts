import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';

export interface LinkOverProps {
  readonly signInUrl: string;
  /** Where to ask for another link; absent: only whoever runs the service makes them. */
  readonly forgottenPasswordUrl?: string | undefined;
}

export function linkOverPage(context: PageContext, { signInUrl, forgottenPasswordUrl }: LinkOverProps): Html {
  return layout(
    context,
    { heading: 'This link works no more', failed: true },
    html`<p class="lead">Such a link works once and not for long, and a newer one replaces it.</p>
${
  forgottenPasswordUrl
    ? html`<p>You can <a href="${safeUrl(forgottenPasswordUrl)}">ask for another one</a>.</p>`
    : html`<p>Ask whoever runs this service for another one.</p>`
}
<p>You have set your password already? <a href="${safeUrl(signInUrl)}">Sign in</a></p>`,
  );
}
