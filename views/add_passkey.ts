import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { accountNav } from './partials/account_nav.ts';
import { backToSecurity } from './partials/back_to_security.ts';
import { errorSummary } from './partials/error_summary.ts';
import { notice } from './partials/notice.ts';
import { passkeyForm, passkeyScript } from './partials/passkey_form.ts';
import { textField } from './partials/text_field.ts';

export interface AddPasskeyProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly username: string;
  readonly serviceName: string;
  /** What the browser is asked for. */
  readonly request: string;
  /** Why one is needed to go on. */
  readonly why?: string | undefined;
  readonly error?: string | undefined;
  /** What they called it, when the page is shown again. */
  readonly passkeyName?: string | undefined;
  /** On an account page: with the way to the others, and out. */
  readonly account?: boolean | undefined;
}

export function addPasskeyPage(context: PageContext, props: AddPasskeyProps): Html {
  const { action, csrfToken, username, serviceName, request, why, error, passkeyName, account } = props;
  return layout(
    context,
    {
      heading: 'Add a passkey',
      problem: errorSummary({ error, field: 'name' }),
      nav: account ? accountNav('security', csrfToken) : undefined,
      scripts: [passkeyScript],
    },
    html`${notice(why)}
<p class="lead">With a passkey you confirm that it is you by your fingerprint, your face, the lock of
your device, or a security key. It works at ${serviceName} and nowhere else, so nobody can talk you out of it.</p>
${accountLine(username)}
${passkeyForm({
  action,
  fields: { csrf: csrfToken },
  kind: 'create',
  request,
  label: 'Create a passkey',
  look: 'primary',
  before: textField({
    name: 'name',
    label: 'Name of the passkey (optional)',
    hint: 'So that you recognise it later: "Laptop", for example.',
    input: { type: 'text', value: passkeyName, autocomplete: 'off', maxlength: '60' },
  }),
})}
${account && backToSecurity()}`,
  );
}
