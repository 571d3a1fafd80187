import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { hiddenFields } from './partials/action_form.ts';
import { codeField } from './partials/code_field.ts';
import { errorSummary } from './partials/error_summary.ts';
import { passkeyForm, passkeyScript } from './partials/passkey_form.ts';
import { notice, noticeId } from './partials/notice.ts';

export interface TotpProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly clientName: string;
  readonly username: string;
  /** "{App} asks you to confirm it's you: your last code was 42 minutes ago." */
  readonly why?: string | undefined;
  readonly error?: string | undefined;
  readonly lockedUntilText?: string | undefined;
  /** Where a recovery code is asked for: a page of its own, reached by a link. */
  readonly recoveryAction?: string | undefined;
  /** Where the account has a passkey, too: what the browser is asked for, and where its answer goes. */
  readonly passkey?: { readonly action: string; readonly request: string } | undefined;
  readonly passkeyError?: string | undefined;
}

export function totpPage(context: PageContext, props: TotpProps): Html {
  const { action, csrfToken, clientName, username, why, error, lockedUntilText, recoveryAction } = props;
  const { passkey, passkeyError } = props;
  const problem = errorSummary({
    error: error ?? passkeyError,
    field: error ? 'code' : 'passkey',
    wait: lockedUntilText,
  });
  return layout(
    context,
    { heading: 'Enter your code', problem, scripts: passkey ? [passkeyScript] : [] },
    html`${why ? notice(why) : html`<p class="lead">One more step to ${clientName}.</p>`}
${accountLine(username)}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: csrfToken })}
${codeField({
  label: 'Code from your authenticator app',
  hint: 'Six digits, new every 30 seconds.',
  error,
  describedBy: noticeId(why),
  autofocus: true,
})}
<button class="button primary" type="submit">Continue</button>
</form>
${
  passkey &&
  passkeyForm({
    ...passkey,
    fields: { csrf: csrfToken },
    kind: 'get',
    label: 'Use a passkey instead',
    look: 'choice',
  })
}
${
  recoveryAction &&
  html`<p class="aside">No access to the app?
<a href="${safeUrl(recoveryAction)}">Use a recovery code</a></p>`
}`,
  );
}
