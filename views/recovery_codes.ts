import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { actionForm } from './partials/action_form.ts';

export interface RecoveryCodesProps {
  /** In the clear: this page is the only time they are shown. */
  readonly codes: readonly string[];
  readonly continueAction: string;
  readonly csrfToken: string;
}

export function recoveryCodesPage(context: PageContext, props: RecoveryCodesProps): Html {
  const { codes, continueAction, csrfToken } = props;
  return layout(
    context,
    { heading: 'Save your recovery codes', wide: true, scripts: ['copy.js'] },
    html`<p class="lead">Without your authenticator app, one of these codes lets you in. Each works once.
Keep them where you keep your passwords.</p>
<ul class="codes" id="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<div class="tools" data-copy="codes" data-print>
<a class="button tool" href="${asTextFile(codes)}" download="recovery-codes.txt">Download</a>
</div>
<p class="notice">They are shown only now. Each works once.</p>
${actionForm({
  action: continueAction,
  fields: { csrf: csrfToken },
  label: 'I have saved them — continue',
  look: 'primary',
})}`,
  );
}

function asTextFile(lines: readonly string[]): string {
  return `data:text/plain;charset=utf-8,${encodeURIComponent(`${lines.join('\n')}\n`)}`;
}
