import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { actionForm } from './action_form.ts';

export type AccountPlace = 'overview' | 'sessions' | 'activity' | 'security';

const places: readonly { place: AccountPlace; url: string; label: string }[] = [
  { place: 'overview', url: '/account', label: 'Your account' },
  { place: 'sessions', url: '/account/sessions', label: 'Sessions' },
  { place: 'activity', url: '/account/activity', label: 'Activity' },
  { place: 'security', url: '/account/security', label: 'Security' },
];

/** The way between the account pages, and out. */
export function accountNav(current: AccountPlace, csrfToken: string): Html {
  return html`<nav class="places" aria-label="Account">
<ul>
${places.map(
  ({ place, url, label }) =>
    html`<li><a href="${url}"${place === current && html` aria-current="page"`}>${label}</a></li>`,
)}
</ul>
${actionForm({ action: '/account/sign-out', fields: { csrf: csrfToken }, label: 'Sign out', look: 'quiet' })}
</nav>`;
}
