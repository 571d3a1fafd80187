import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { hiddenFields } from './partials/action_form.ts';
import { errorSummary } from './partials/error_summary.ts';
import { textField } from './partials/text_field.ts';

export interface ForgottenPasswordProps {
  readonly action: string;
  readonly csrfToken: string;
  /** What was entered last. */
  readonly name?: string | undefined;
  readonly error?: string | undefined;
  readonly lockedUntilText?: string | undefined;
}

export function forgottenPasswordPage(context: PageContext, props: ForgottenPasswordProps): Html {
  const { action, csrfToken, name, error, lockedUntilText } = props;
  return layout(
    context,
    {
      heading: 'Forgotten your password?',
      problem: errorSummary({ error, field: 'username', wait: lockedUntilText }),
    },
    html`<p class="lead">We send a link to the e-mail address of your account. With it you choose a new password.</p>
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: csrfToken })}
${textField({
  name: 'username',
  label: 'Username or e-mail address',
  error,
  input: {
    type: 'text',
    value: name,
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    autofocus: true,
  },
})}
<button class="button primary" type="submit">Send the link</button>
</form>`,
  );
}
