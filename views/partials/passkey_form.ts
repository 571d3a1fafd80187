import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from './action_form.ts';
import type { HiddenFields } from './action_form.ts';

export interface PasskeyForm {
  readonly action: string;
  readonly fields: HiddenFields;
  /** `create` makes a passkey, `get` proves one. */
  readonly kind: 'create' | 'get';
  /** What the browser is asked for: the options of WebAuthn as JSON. */
  readonly request: string;
  readonly label: string;
  readonly look: 'primary' | 'choice';
  /** Between the heading and the button. */
  readonly before?: Html | undefined;
  /** Also offer passkeys where a field is filled in whose `autocomplete` says `webauthn`: at once, or when it is touched. */
  readonly autofill?: 'at_once' | 'when_touched' | undefined;
}

/** The script that the page of such a form needs. */
export const passkeyScript = 'passkey.js';

/**
 * A form that a passkey fills in. Only a script can ask for one: it shows the form; where there is none,
 * the page says so.
 */
export function passkeyForm(form: PasskeyForm): Html {
  const { action, fields, kind, request, label, look, before, autofill } = form;
  return html`<div class="passkey" id="passkey" tabindex="-1">
<form method="post" action="${safeUrl(action)}" data-passkey="${kind}"${
    autofill && html` data-autofill="${autofill}"`
  } hidden>
${hiddenFields({ ...fields, credential: '' })}<data value="${request}" hidden></data>
${before}
<button class="button ${look}" type="submit">${label}</button>
</form>
<p class="passkey-status" role="status"></p>
<p class="soft scriptless">A passkey can be used only where JavaScript is on.</p>
</div>`;
}
