import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { errorSummary } from './partials/error_summary.ts';
import { notice } from './partials/notice.ts';
import { passkeyForm, passkeyScript } from './partials/passkey_form.ts';

export interface PasskeyProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly clientName: string;
  readonly username: string;
  /** What the browser is asked for. */
  readonly request: string;
  readonly why?: string | undefined;
  readonly error?: string | undefined;
  /** Where a recovery code is asked for. */
  readonly recoveryAction: string;
}

/** The second factor of somebody who has no authenticator app. */
export function passkeyPage(context: PageContext, props: PasskeyProps): Html {
  const { action, csrfToken, clientName, username, request, why, error, recoveryAction } = props;
  return layout(
    context,
    {
      heading: 'Use your passkey',
      problem: errorSummary({ error, field: 'passkey' }),
      scripts: [passkeyScript],
    },
    html`${why ? notice(why) : html`<p class="lead">One more step to ${clientName}.</p>`}
${accountLine(username)}
${passkeyForm({ action, fields: { csrf: csrfToken }, kind: 'get', request, label: 'Use a passkey', look: 'primary' })}
<p class="aside">No access to it?
<a href="${safeUrl(recoveryAction)}">Use a recovery code</a></p>`,
  );
}
