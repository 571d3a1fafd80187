import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { actionForm, hiddenFields } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';
import { textField } from './partials/text_field.ts';

export interface AccountAppProps {
  readonly csrfToken: string;
  readonly factorId: string;
  readonly name: string;
  /** No other second factor is left without it. */
  readonly isLast: boolean;
  /** The account's policy asks for a second factor at every sign-in. */
  readonly isAlwaysAsked: boolean;
}

/** One authenticator: give it another name, or remove it. */
export function accountAppPage(context: PageContext, props: AccountAppProps): Html {
  const { csrfToken, factorId, name, isLast, isAlwaysAsked } = props;
  return layout(
    context,
    { heading: html`Authenticator app: ${name}`, wide: true, nav: accountNav('security', csrfToken) },
    html`<form method="post" action="/account/security/apps/rename">
${hiddenFields({ csrf: csrfToken, app: factorId })}
${textField({
  name: 'name',
  label: 'Name',
  hint: 'So that you recognise it: "Phone", for example.',
  input: { type: 'text', value: name, autocomplete: 'off', maxlength: '60' },
})}
<button class="button primary" type="submit">Rename</button>
</form>
<h2>Remove it</h2>
<p>Its codes are taken no more. Everywhere else you will be signed out, and apps lose the access they have
without you.</p>
${isLast && html`<p class="notice">${whatTheLastMeans(isAlwaysAsked)}</p>`}
${actionForm({
  action: '/account/security/apps/remove',
  fields: { csrf: csrfToken, app: factorId },
  label: isLast ? 'Remove your last app' : 'Remove this app',
  look: 'choice',
})}
${backToSecurity()}`,
  );
}

function whatTheLastMeans(isAlwaysAsked: boolean): string {
  const means = 'It is your only one. Your recovery codes go with it,';
  return isAlwaysAsked
    ? `${means} and the next time you sign in you must set up a new one.`
    : `${means} and your password alone lets you in, you or whoever else learns it. What takes a second factor will ask you to set up a new one.`;
}
