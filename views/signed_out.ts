import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { notice } from './partials/notice.ts';

export interface SignedOutProps {
  readonly clientName?: string | undefined;
  /** Not in this browser alone. */
  readonly everywhere?: boolean | undefined;
  readonly signInUrl?: string | undefined;
  /** Why, if it was not their own wish. */
  readonly reason?: string | undefined;
}

export function signedOutPage(context: PageContext, props: SignedOutProps): Html {
  const { clientName, everywhere, signInUrl, reason } = props;
  return layout(
    context,
    { heading: 'Signed out' },
    html`${notice(reason)}
<p class="lead">${
      everywhere
        ? 'You are signed out in every browser, and no app has access to your account any more.'
        : 'You are signed out in this browser. Other devices stay signed in.'
    }</p>
${
  signInUrl
    ? html`<p><a class="button primary" href="${safeUrl(signInUrl)}">Sign in${
        clientName && html` to ${clientName}`
      } again</a></p>`
    : html`<p class="soft">You can close this page.</p>`
}`,
  );
}
