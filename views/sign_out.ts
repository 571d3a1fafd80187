import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { actionForm } from './partials/action_form.ts';

export interface SignOutProps {
  readonly action: string;
  readonly xsrf: string;
  /** The app that asks. */
  readonly clientName?: string | undefined;
  readonly username?: string | undefined;
}

export function signOutPage(
  context: PageContext,
  { action, xsrf, clientName, username }: SignOutProps,
): Html {
  return layout(
    context,
    { heading: 'Sign out?' },
    html`<p class="lead">${clientName && html`${clientName} asks to sign you out. `}You will be signed
out in this browser, and in every app you opened with this account. Other devices stay signed in.</p>
${username && accountLine(username)}
${actionForm({ action, fields: { xsrf, logout: 'yes' }, label: 'Sign out', look: 'primary' })}
${actionForm({ action, fields: { xsrf }, label: 'Stay signed in', look: 'quiet' })}`,
  );
}
