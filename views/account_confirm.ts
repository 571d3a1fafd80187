import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { accountNav } from './partials/account_nav.ts';
import { hiddenFields } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';
import { errorSummary } from './partials/error_summary.ts';
import { passkeyForm, passkeyScript } from './partials/passkey_form.ts';
import { passwordField } from './partials/password_field.ts';
import { textField } from './partials/text_field.ts';
import { usernameField } from './partials/username_field.ts';

export interface AccountConfirmProps {
  readonly csrfToken: string;
  readonly username: string;
  /** The page that comes after. */
  readonly next: string;
  readonly asks: { readonly password: boolean; readonly factor: boolean };
  /** Whether there is an authenticator app to take a code from. */
  readonly hasApp: boolean;
  /** What the browser is asked for where the account has a passkey. */
  readonly passkeyRequest?: string | undefined;
  readonly error?: { readonly field: 'password' | 'code' | 'passkey'; readonly text: string } | undefined;
  readonly lockedUntilText?: string | undefined;
}

export function accountConfirmPage(context: PageContext, props: AccountConfirmProps): Html {
  const { csrfToken, username, next, asks, hasApp, passkeyRequest, error, lockedUntilText } = props;
  const errorAt = (field: string) => (error?.field === field ? error.text : undefined);
  return layout(
    context,
    {
      heading: "Confirm it's you",
      problem: errorSummary({ error: error?.text, field: error?.field ?? '', wait: lockedUntilText }),
      nav: accountNav('security', csrfToken),
      scripts: ['password_toggle.js', ...(passkeyRequest ? [passkeyScript] : [])],
    },
    html`<p class="lead">Before you change how you sign in.</p>
${accountLine(username)}
<form method="post" action="/account/security/confirm">
${hiddenFields({ csrf: csrfToken, next })}
${usernameField(username)}
${
  asks.password &&
  passwordField({
    name: 'password',
    label: 'Password',
    error: errorAt('password'),
    kind: 'current-password',
    autofocus: true,
  })
}
${
  asks.factor &&
  textField({
    name: 'code',
    label: hasApp ? 'Code from your authenticator app' : 'Recovery code',
    hint: hasApp ? 'Or one of your recovery codes.' : 'Each code works once.',
    error: errorAt('code'),
    input: {
      class: 'code',
      type: 'text',
      autocomplete: 'one-time-code',
      autocapitalize: 'none',
      spellcheck: 'false',
      required: true,
      autofocus: !asks.password,
    },
  })
}
<button class="button primary" type="submit">Continue</button>
</form>
${
  passkeyRequest &&
  passkeyForm({
    action: '/account/security/confirm/passkey',
    fields: { csrf: csrfToken, next },
    kind: 'get',
    request: passkeyRequest,
    label: 'Use a passkey instead',
    look: 'choice',
  })
}
${backToSecurity()}`,
  );
}
