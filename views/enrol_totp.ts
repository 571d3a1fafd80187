import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { hiddenFields } from './partials/action_form.ts';
import { backToSecurity } from './partials/back_to_security.ts';
import { codeField } from './partials/code_field.ts';
import { errorSummary } from './partials/error_summary.ts';
import { notice } from './partials/notice.ts';
import { textField } from './partials/text_field.ts';

export interface EnrolTotpProps {
  readonly action: string;
  readonly csrfToken: string;
  readonly otpauthUri: string;
  /** An `svg` element of dark modules on nothing; the page puts white beneath and a quiet zone around. */
  readonly qrSvg: Html;
  /** The secret in base32, in groups of four. */
  readonly secretGroups: readonly string[];
  readonly issuer: string;
  readonly username: string;
  /** On the way to an app: what asks for it. */
  readonly why?: string | undefined;
  readonly error?: string | undefined;
  /** What they called the device, when the page is shown again. */
  readonly deviceName?: string | undefined;
  /** On an account page: with the way to the others, and out. */
  readonly account?: { readonly hasOthers: boolean } | undefined;
}

export function enrolTotpPage(context: PageContext, props: EnrolTotpProps): Html {
  const { action, csrfToken, error, why, account: own } = props;
  return layout(
    context,
    {
      heading: own?.hasOthers ? 'Add another authenticator app' : 'Set up your authenticator app',
      problem: errorSummary({ error, field: 'code' }),
      wide: true,
      nav: own && accountNav('security', csrfToken),
      scripts: ['copy.js'],
    },
    html`${why && notice(why)}<p class="lead">${
      own?.hasOthers
        ? 'Its codes will be as good as those of the apps you have.'
        : 'From now on, a code from your phone confirms that it is you. It takes a minute.'
    }</p>
<ol class="steps">
<li>
<h2>Open an authenticator app</h2>
<p>Any app that makes six-digit codes will do; many password managers do, too.</p>
</li>
<li>
<h2>Add this account to it</h2>
${account(props)}
</li>
<li>
<h2>Enter the code it shows</h2>
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: csrfToken })}
${codeField({
  label: 'Code from the app',
  hint: 'Six digits, new every 30 seconds.',
  error,
  autofocus: Boolean(error),
})}
${textField({
  name: 'name',
  label: 'Name of the device (optional)',
  hint: 'So that you recognise it later: "Phone", for example.',
  input: { type: 'text', value: props.deviceName, autocomplete: 'off', maxlength: '60' },
})}
<button class="button primary" type="submit">Turn it on</button>
</form>
</li>
</ol>
${own && backToSecurity()}`,
  );
}

function account({ otpauthUri, qrSvg, secretGroups, issuer, username }: EnrolTotpProps): Html {
  return html`<div class="enrol">
<div class="qr" role="img" aria-label="QR code that adds ${username} at ${issuer}">${qrSvg}</div>
<div>
<p>Scan the picture, or, if the app is on this device:</p>
<p><a class="button choice" href="${safeUrl(otpauthUri, 'otpauth:')}">Open in the app</a></p>
</div>
</div>
<p>Can't scan it? Choose to type a key, based on time, and enter this one:</p>
<p><code class="secret" id="secret">${secretGroups.map((group) => html`<span>${group}</span> `)}</code></p>
<div class="tools" data-copy="secret"></div>
<dl class="facts">
<div><dt>Account</dt><dd>${username}</dd></div>
<div><dt>Issuer</dt><dd>${issuer}</dd></div>
</dl>`;
}
