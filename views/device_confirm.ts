import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { actionForm } from './partials/action_form.ts';
import { permissions } from './partials/permissions.ts';
import type { ResourceText, ScopeText } from './partials/permissions.ts';

export interface DeviceConfirmProps {
  readonly action: string;
  readonly xsrf: string;
  /** As the device shows it, with its dash. */
  readonly userCode: string;
  readonly clientName: string;
  readonly scopes: readonly ScopeText[];
  readonly resources: readonly ResourceText[];
  /** Where the device is, as far as known: "203.0.113.7, curl on Linux". */
  readonly askedFrom?: string | undefined;
}

export function deviceConfirmPage(context: PageContext, props: DeviceConfirmProps): Html {
  const { action, xsrf, userCode, clientName, askedFrom } = props;
  const fields = { xsrf, user_code: userCode };
  return layout(
    context,
    { heading: 'Is this your device?', wide: true },
    html`<p class="lead">${clientName} wants to connect to your account. Go on only if the device in front of
you shows this code:</p>
<p class="user-code">${userCode}</p>
<p class="notice">If somebody sent you this code, stop: they would get into your account.</p>
${askedFrom && html`<dl class="facts"><div><dt>Asked from</dt><dd>${askedFrom}</dd></div></dl>`}
${permissions({ ...props, asked: true })}
<div class="choices">
${actionForm({ action, fields: { ...fields, confirm: 'yes' }, label: 'Continue', look: 'choice' })}
${actionForm({ action, fields: { ...fields, abort: 'yes' }, label: 'Stop', look: 'choice' })}
</div>`,
  );
}
