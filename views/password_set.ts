import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';

export interface PasswordSetProps {
  readonly signInUrl: string;
}

export function passwordSetPage(context: PageContext, { signInUrl }: PasswordSetProps): Html {
  return layout(
    context,
    { heading: 'Your password is set' },
    html`<p class="lead">From now on you sign in with it. Wherever you were signed in, you are not any more.</p>
<p><a class="button primary" href="${safeUrl(signInUrl)}">Sign in</a></p>`,
  );
}
