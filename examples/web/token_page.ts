import { describeSignedIn } from './describe_signed_in.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import { leaveForm } from './leave_form.ts';
import type { SignedIn } from './sessions.ts';
import type { Settings } from './settings.ts';

/** The claims of the access token as it was last received. */
export function tokenPage(
  signedIn: SignedIn,
  formToken: string,
  now: number,
  { issuer }: Pick<Settings, 'issuer'>,
): Html {
  const { claims, deadlines } = describeSignedIn(signedIn, now);
  return layout(
    'What the access token says',
    html`<pre tabindex="0" role="region" aria-label="Access token claims" data-show="claims">${claims}</pre>
<p class="more"><a href="/">Back to what ends when</a></p>
${leaveForm({ deadlines, formToken, issuer, now })}`,
  );
}
