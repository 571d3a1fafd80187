import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { layout } from '../layout.ts';
import type { Frame, PageContext } from '../layout.ts';
import { actionForm } from '../partials/action_form.ts';
import { outcome } from '../partials/outcome.ts';

/** What surrounds every page of the console. */
export interface Shell {
  readonly context: PageContext;
  readonly csrfToken: string;
  /** Who looks. */
  readonly username: string;
  /** Whether their roles let them change anything. */
  readonly mayChange: boolean;
  /** What the last form did. */
  readonly notice?: string | undefined;
}

const places = [
  ['overview', '/console', 'Overview'],
  ['sessions', '/console/sessions', 'Live sessions'],
  ['accounts', '/console/accounts', 'Accounts'],
  ['policies', '/console/policies', 'Policies and roles'],
  ['explain', '/console/explain', 'Why this limit'],
  ['clients', '/console/clients', 'Apps'],
  ['history', '/console/history', 'History'],
  ['audit', '/console/audit', 'Audit trail'],
  ['reports', '/console/reports', 'Reports'],
  ['keys', '/console/keys', 'Keys'],
  ['notices', '/console/notices', 'Undelivered'],
] as const;
export type ConsolePlace = (typeof places)[number][0];

/** A page of the console: the way between its pages and out, what the last form did, and its content. */
export function consolePage(
  { context, csrfToken, username, mayChange, notice }: Shell,
  { place, ...frame }: { place: ConsolePlace } & Pick<Frame, 'heading' | 'problem' | 'failed'>,
  content: Html,
): Html {
  const [, , here] = places.find(([name]) => name === place) ?? [];
  const nav = html`<nav class="places console-places" aria-label="Console">
<details>
<summary>Menu <span class="soft">${here}</span></summary>
<ul>
${places.map(
  ([name, url, label]) =>
    html`<li><a href="${url}"${name === place && html` aria-current="page"`}>${label}</a></li>`,
)}
</ul>
</details>
</nav>
<div class="operator">
<p>Signed in as <strong>${username}</strong>${!mayChange && ', to look only'}. <a href="/session/view">Stay signed in</a></p>
${actionForm({ action: '/account/sign-out', fields: { csrf: csrfToken }, label: 'Sign out', look: 'quiet' })}
</div>`;
  const scripts = ['local_time.js'];
  return layout(
    context,
    { ...frame, wide: 'broad', nav, scripts, styles: ['console.css'] },
    html`${outcome(notice)}
${content}`,
  );
}
