import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { actionForm, hiddenFields } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';
import { textField } from './partials/text_field.ts';

export interface AccountPasskeyProps {
  readonly csrfToken: string;
  readonly passkeyId: string;
  readonly name: string;
  /** No other second factor is left without it. */
  readonly isLast: boolean;
}

/** One passkey: give it another name, or remove it. */
export function accountPasskeyPage(context: PageContext, props: AccountPasskeyProps): Html {
  const { csrfToken, passkeyId, name, isLast } = props;
  return layout(
    context,
    { heading: html`Passkey: ${name}`, wide: true, nav: accountNav('security', csrfToken) },
    html`<form method="post" action="/account/security/passkeys/rename">
${hiddenFields({ csrf: csrfToken, passkey: passkeyId })}
${textField({
  name: 'name',
  label: 'Name',
  hint: 'So that you recognise it: "Laptop", for example.',
  input: { type: 'text', value: name, autocomplete: 'off', maxlength: '60' },
})}
<button class="button primary" type="submit">Rename</button>
</form>
<h2>Remove it</h2>
<p>It is taken no more; delete it on your device, too. Everywhere else you will be signed out, and apps lose the
access they have without you.</p>
${
  isLast &&
  html`<p class="notice">It is your only second factor. Your recovery codes go with it, and what takes a second
factor will ask you to set up a new one.</p>`
}
${actionForm({
  action: '/account/security/passkeys/remove',
  fields: { csrf: csrfToken, passkey: passkeyId },
  label: 'Remove this passkey',
  look: 'choice',
})}
${backToSecurity()}`,
  );
}
