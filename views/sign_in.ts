import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { actionForm, hiddenFields } from './partials/action_form.ts';
import { errorSummary } from './partials/error_summary.ts';
import { notice, noticeId } from './partials/notice.ts';
import { passkeyForm, passkeyScript } from './partials/passkey_form.ts';
import { textField } from './partials/text_field.ts';

export interface SignInProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly clientName: string;
  /** From a hint or the last try; then the focus goes to the password. */
  readonly username?: string | undefined;
  /** The same words whether the account or the password was wrong. */
  readonly error?: string | undefined;
  /** Why they were signed out, as a sentence. */
  readonly reason?: string | undefined;
  /** "You can try again at 14:35." */
  readonly lockedUntilText?: string | undefined;
  /** Signed in already, and asked once more. */
  readonly reauthentication?: boolean | undefined;
  /** Where who forgot their password asks for a link; absent: whoever runs the service has to be asked. */
  readonly forgottenPasswordUrl?: string | undefined;
  /** A passkey in the place of name and password: what the browser is asked for, and where its answer goes. */
  readonly passkey?: { readonly action: string; readonly request: string } | undefined;
  readonly passkeyError?: string | undefined;
  readonly cancel?: { readonly action: string } | undefined;
}

export function signInPage(context: PageContext, props: SignInProps): Html {
  const { action, csrfToken, clientName, username, error, reason, lockedUntilText, cancel } = props;
  const { passkey, passkeyError } = props;
  return layout(
    context,
    {
      heading: props.reauthentication ? html`Confirm it's you` : html`Sign in to ${clientName}`,
      problem: errorSummary({
        error: error ?? passkeyError,
        field: error ? 'username' : 'passkey',
        wait: lockedUntilText,
      }),
      scripts: ['password_toggle.js', ...(passkey ? [passkeyScript] : [])],
    },
    html`${props.reauthentication && html`<p class="lead">${clientName} asks you to sign in once more.</p>`}
${notice(reason)}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: csrfToken })}
${textField({
  name: 'username',
  label: 'Username',
  invalid: Boolean(error),
  describedBy: error ? 'password-error' : noticeId(reason),
  input: {
    type: 'text',
    value: username,
    autocomplete: passkey ? 'username webauthn' : 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    autofocus: !username,
  },
})}
${textField({
  name: 'password',
  label: 'Password',
  error,
  describedBy: noticeId(reason),
  input: { type: 'password', autocomplete: 'current-password', required: true, autofocus: Boolean(username) },
})}
<button class="button primary" type="submit">${props.reauthentication ? 'Continue' : 'Sign in'}</button>
</form>
${forgottenPassword(props.forgottenPasswordUrl)}
${
  passkey &&
  passkeyForm({
    ...passkey,
    fields: { csrf: csrfToken },
    kind: 'get',
    label: 'Sign in with a passkey',
    look: 'choice',
    autofill: passkeyError ? 'when_touched' : 'at_once',
  })
}
${
  cancel && actionForm({ action: cancel.action, fields: { csrf: csrfToken }, label: 'Cancel', look: 'quiet' })
}`,
  );
}

function forgottenPassword(url: string | undefined): Html {
  return url
    ? html`<p class="aside"><a href="${safeUrl(url)}">Forgotten your password?</a></p>`
    : html`<p class="aside">Forgotten your password? Ask whoever runs this service.</p>`;
}
