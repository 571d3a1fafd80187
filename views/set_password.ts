import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { hiddenFields } from './partials/action_form.ts';
import { errorSummary } from './partials/error_summary.ts';
import { passwordField } from './partials/password_field.ts';
import { usernameField } from './partials/username_field.ts';

export interface SetPasswordProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly username: string;
  /** Fewest characters. */
  readonly shortest: number;
  /** The account never had one: an invitation. */
  readonly isFirst: boolean;
  readonly error?: string | undefined;
}

export function setPasswordPage(context: PageContext, props: SetPasswordProps): Html {
  const { action, csrfToken, username, shortest, isFirst, error } = props;
  return layout(
    context,
    {
      heading: isFirst ? 'Choose your password' : 'Choose a new password',
      problem: errorSummary({ error, field: 'new_password' }),
      scripts: ['password_toggle.js'],
    },
    html`<p class="lead">${
      isFirst
        ? 'You will sign in with it, and with the username below.'
        : 'The old one works no more then. Everywhere you will be signed out, and apps lose the access they have without you.'
    }</p>
${accountLine(username)}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: csrfToken })}
${usernameField(username)}
${passwordField({
  name: 'new_password',
  label: 'New password',
  hint: `At least ${shortest} characters, of any kind: a few words that only you would put together, for example.`,
  error,
  kind: 'new-password',
  autofocus: true,
})}
<button class="button primary" type="submit">Set password</button>
</form>`,
  );
}
