import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { actionForm } from './partials/action_form.ts';

export interface AccountClosedProps {
  readonly csrfToken: string;
}

/** Somebody is signed in, but not as their account pages want it, and chose not to go on. */
export function accountClosedPage(context: PageContext, { csrfToken }: AccountClosedProps): Html {
  return layout(
    context,
    { heading: 'A second factor is needed' },
    html`<p class="lead">Your account asks for a second factor before it shows its pages. You can sign out
without it.</p>
${actionForm({ action: '/account/sign-out', fields: { csrf: csrfToken }, label: 'Sign out', look: 'primary' })}
${actionForm({
  action: '/account/sign-out-everywhere',
  fields: { csrf: csrfToken },
  label: 'Sign out everywhere',
  look: 'choice',
})}
<p><a href="/account">Go on to your account</a></p>`,
  );
}
