import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { moment } from './partials/moment.ts';
import type { Moment } from './partials/moment.ts';

export interface ActivityProps {
  /** A sentence. */
  readonly text: string;
  /** "Firefox on Linux". */
  readonly device?: string | undefined;
  readonly address?: string | undefined;
  readonly at: Moment;
}

export interface AccountActivityProps {
  readonly csrfToken: string;
  /** The newest first. */
  readonly activities: readonly ActivityProps[];
  /** The first page, from any other. */
  readonly newestUrl?: string | undefined;
  readonly olderUrl?: string | undefined;
}

export function accountActivityPage(context: PageContext, props: AccountActivityProps): Html {
  const { csrfToken, activities, newestUrl, olderUrl } = props;
  return layout(
    context,
    {
      heading: 'What happened',
      wide: true,
      nav: accountNav('activity', csrfToken),
      scripts: ['local_time.js'],
    },
    html`<p>What you do not recognise was perhaps not you: <a href="/account/security">change your password</a>, and
<a href="/account/sessions">sign out everywhere else</a>.</p>
${
  activities.length === 0
    ? html`<p class="soft">Nothing else is known.</p>`
    : html`<ol class="activities" aria-label="The newest first">${activities.map(activity)}</ol>`
}
${
  (newestUrl || olderUrl) &&
  html`<nav class="turns" aria-label="Pages">
${newestUrl && html`<a href="${safeUrl(newestUrl)}">Newest</a>`}
${olderUrl && html`<a href="${safeUrl(olderUrl)}">Older</a>`}
</nav>`
}`,
  );
}

function activity({ text, device, address, at }: ActivityProps): Html {
  const from = [device, address].filter(Boolean).join(', ');
  return html`<li><p>${text}</p>
<p class="soft"><span>${moment(at)}</span>${from && html` <span>${from}</span>`}</p></li>`;
}
