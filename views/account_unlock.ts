import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { actionForm } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';

export interface AccountUnlockProps {
  readonly csrfToken: string;
}

export function accountUnlockPage(context: PageContext, { csrfToken }: AccountUnlockProps): Html {
  return layout(
    context,
    { heading: 'Let other browsers try again', nav: accountNav('security', csrfToken) },
    html`<p class="lead">Do so if it was you who mistyped your password, or if you want to sign in somewhere new now. If it was
somebody else, they may go on guessing as well. Browsers in which you signed in before need not wait anyway.</p>
${actionForm({
  action: '/account/security/unlock',
  fields: { csrf: csrfToken },
  label: 'Let them try again',
  look: 'primary',
})}
${backToSecurity()}`,
  );
}
