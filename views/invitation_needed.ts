import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { actionForm } from './partials/action_form.ts';

export interface InvitationNeededProps {
  readonly username: string;
  /** Back to the app, without what it asked for. */
  readonly cancel?: { readonly action: string; readonly csrfToken: string } | undefined;
}

/** In the place of a first second factor's form, where only an operator's link leads to it. */
export function invitationNeededPage(
  context: PageContext,
  { username, cancel }: InvitationNeededProps,
): Html {
  return layout(
    context,
    { heading: 'You need an invitation first', failed: true },
    html`<p class="lead">To set up your first second factor here takes a link from whoever runs this service.</p>
${accountLine(username)}
<p>Ask them for one. It lets you choose a password; sign in with it within an hour and set up your second factor then.</p>
${
  cancel &&
  actionForm({ action: cancel.action, fields: { csrf: cancel.csrfToken }, label: 'Cancel', look: 'quiet' })
}`,
  );
}
