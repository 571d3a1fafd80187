import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { actionForm } from './partials/action_form.ts';

export interface AccountOverviewProps {
  readonly csrfToken: string;
  readonly username: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** The browser that looks: "Firefox on Linux". */
  readonly device?: string | undefined;
  readonly otherSessions: number;
  /** Apps with access while nobody is signed in. */
  readonly apps: number;
}

export function accountOverviewPage(context: PageContext, props: AccountOverviewProps): Html {
  const { csrfToken, username, name, email, device, otherSessions, apps } = props;
  return layout(
    context,
    { heading: 'Your account', wide: true, nav: accountNav('overview', csrfToken) },
    html`<dl class="facts">
<div><dt>Username</dt><dd>${username}</dd></div>
${name && html`<div><dt>Name</dt><dd>${name}</dd></div>`}
${email && html`<div><dt>E-mail</dt><dd>${email}</dd></div>`}
</dl>
<h2>Where you are signed in</h2>
<ul class="plain">
<li>This browser${device && html`: ${device}`}</li>
<li>${count(otherSessions, 'other browser', 'No other browser')}</li>
<li>${count(apps, 'app', 'No app')} with access while you are away</li>
</ul>
<p><a href="/account/sessions">See when each of them ends, or end it</a></p>
<h2>What happened</h2>
<p><a href="/account/activity">Sign-ins, changes and ends, the newest first</a></p>
<h2>Sign out everywhere</h2>
<p>Ends every sign-in to your account, this one too, and the access of every app.</p>
${actionForm({
  action: '/account/sign-out-everywhere',
  fields: { csrf: csrfToken },
  label: 'Sign out everywhere',
  look: 'choice',
})}`,
  );
}

function count(number: number, what: string, none: string): string {
  if (number === 0) return none;
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
