import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { hiddenFields } from './partials/action_form.ts';
import { errorSummary } from './partials/error_summary.ts';
import { notice, noticeId } from './partials/notice.ts';
import { textField } from './partials/text_field.ts';

export interface RecoveryProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly username: string;
  readonly error?: string | undefined;
  readonly lockedUntilText?: string | undefined;
  /** Too many codes of the app were wrong: none is taken any more. */
  readonly appIsDisabled?: boolean | undefined;
  /** Back to the page that asks for the app's code. */
  readonly totpUrl?: string | undefined;
  /** Back to the page that asks for a passkey. */
  readonly passkeyUrl?: string | undefined;
}

export function recoveryPage(context: PageContext, props: RecoveryProps): Html {
  const { action, csrfToken, username, error, lockedUntilText, appIsDisabled, totpUrl, passkeyUrl } = props;
  const why = appIsDisabled
    ? 'Your authenticator app was turned off: too many codes in a row were wrong. A recovery code lets you set up a new one. Without one, ask whoever runs this service.'
    : undefined;
  return layout(
    context,
    {
      heading: 'Use a recovery code',
      problem: errorSummary({ error, field: 'recovery_code', wait: lockedUntilText }),
    },
    html`${notice(why)}
<p class="lead">Enter one of the codes you saved when you set up your second factor.</p>
${accountLine(username)}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: csrfToken })}
${textField({
  name: 'recovery_code',
  label: 'Recovery code',
  hint: 'Each code works once.',
  error,
  describedBy: noticeId(why),
  input: {
    class: 'code',
    type: 'text',
    autocomplete: 'one-time-code',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
    autofocus: true,
  },
})}
<button class="button primary" type="submit">Continue</button>
</form>
${
  totpUrl &&
  html`<p class="aside">Found the app? <a href="${safeUrl(totpUrl)}">Enter its code instead</a></p>`
}
${
  passkeyUrl &&
  html`<p class="aside">Got your passkey? <a href="${safeUrl(passkeyUrl)}">Use it instead</a></p>`
}`,
  );
}
