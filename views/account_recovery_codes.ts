import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { actionForm } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';

export interface AccountRecoveryCodesProps {
  readonly csrfToken: string;
  /** How many are unused. */
  readonly left: number;
}

/** Before new recovery codes are made: the old ones end. */
export function accountRecoveryCodesPage(context: PageContext, props: AccountRecoveryCodesProps): Html {
  const { csrfToken, left } = props;
  const old = left === 1 ? 'The one you have left stops' : `The ${left} you have left stop`;
  return layout(
    context,
    { heading: 'Make new recovery codes', nav: accountNav('security', csrfToken) },
    html`<p class="lead">You get ten new codes. They are shown once, so have a place ready to keep them.
${left > 0 && `${old} working.`}</p>
${actionForm({
  action: '/account/security/recovery-codes',
  fields: { csrf: csrfToken },
  label: 'Make new codes',
  look: 'primary',
})}
${backToSecurity()}`,
  );
}
