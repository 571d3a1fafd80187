import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { actionForm } from './partials/action_form.ts';

const saved = 'I have saved them — continue';

export interface RecoveryCodesProps {
  /** In the clear: this page is the only time they are shown. */
  readonly codes: readonly string[];
  /** What comes after: a form to send, or a page to go to. */
  readonly next: { readonly action: string; readonly csrfToken: string } | { readonly url: string };
}

export function recoveryCodesPage(context: PageContext, props: RecoveryCodesProps): Html {
  const { codes, next } = props;
  return layout(
    context,
    { heading: 'Save your recovery codes', wide: true, scripts: ['copy.js'] },
    html`<p class="lead">Without your authenticator app or passkey, one of these codes lets you in. Each works
once. Keep them where you keep your passwords.</p>
<ul class="codes" id="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<div class="tools" data-copy="codes" data-print>
<a class="button tool" href="${asTextFile(codes)}" download="recovery-codes.txt">Download</a>
</div>
<p class="notice">They are shown only now. Each works once.</p>
${
  'url' in next
    ? html`<p><a class="button primary" href="${safeUrl(next.url)}">${saved}</a></p>`
    : actionForm({ action: next.action, fields: { csrf: next.csrfToken }, label: saved, look: 'primary' })
}`,
  );
}

function asTextFile(lines: readonly string[]): string {
  return `data:text/plain;charset=utf-8,${encodeURIComponent(`${lines.join('\n')}\n`)}`;
}
