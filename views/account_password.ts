import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { hiddenFields } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';
import { errorSummary } from './partials/error_summary.ts';
import { passwordField } from './partials/password_field.ts';
import { usernameField } from './partials/username_field.ts';

export interface AccountPasswordProps {
  readonly csrfToken: string;
  readonly username: string;
  /** Fewest characters of the new one. */
  readonly shortest: number;
  readonly error?: { readonly field: 'current_password' | 'new_password'; readonly text: string } | undefined;
  readonly lockedUntilText?: string | undefined;
}

export function accountPasswordPage(context: PageContext, props: AccountPasswordProps): Html {
  const { csrfToken, username, shortest, error, lockedUntilText } = props;
  const errorAt = (field: string) => (error?.field === field ? error.text : undefined);
  return layout(
    context,
    {
      heading: 'Change your password',
      problem: errorSummary({ error: error?.text, field: error?.field ?? '', wait: lockedUntilText }),
      nav: accountNav('security', csrfToken),
      scripts: ['password_toggle.js'],
    },
    html`<p class="lead">Everywhere else you will be signed out, and apps lose the access they have without you.</p>
<form method="post" action="/account/security/password">
${hiddenFields({ csrf: csrfToken })}
${usernameField(username)}
${passwordField({
  name: 'current_password',
  label: 'Current password',
  error: errorAt('current_password'),
  kind: 'current-password',
  autofocus: error?.field === 'current_password',
})}
${passwordField({
  name: 'new_password',
  label: 'New password',
  hint: `At least ${shortest} characters, of any kind: a few words that only you would put together, for example.`,
  error: errorAt('new_password'),
  kind: 'new-password',
  autofocus: error?.field === 'new_password',
})}
<button class="button primary" type="submit">Change password</button>
</form>
${backToSecurity()}`,
  );
}
