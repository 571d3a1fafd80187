import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { actionForm } from './partials/action_form.ts';
import { moment } from './partials/moment.ts';
import type { Moment } from './partials/moment.ts';
import { outcome } from './partials/outcome.ts';

/** When access began, and both moments at which it ends. */
export interface AccessTimes {
  readonly started: Moment;
  readonly lastActive: Moment;
  /** Without further activity. */
  readonly idleEnd: Moment;
  /** In any case. */
  readonly absoluteEnd: Moment;
}

interface From {
  /** "Firefox on Linux". */
  readonly device: string;
  readonly address?: string | undefined;
}

export interface SessionProps extends From, AccessTimes {
  readonly sessionId: string;
  /** The apps signed in through it, by name. */
  readonly apps: readonly string[];
}

export interface AppProps {
  readonly clientId: string;
  readonly name: string;
  readonly accesses: readonly AppAccess[];
}

export interface AppAccess extends From, AccessTimes {
  /** What the app works on while its user is away, in its own words, and until when. */
  readonly lease?: { readonly purpose: string; readonly end: Moment } | undefined;
}

export interface AccountSessionsProps {
  readonly csrfToken: string;
  /** What the last form did. */
  readonly notice?: string | undefined;
  readonly current?: SessionProps | undefined;
  readonly others: readonly SessionProps[];
  readonly apps: readonly AppProps[];
}

export function accountSessionsPage(context: PageContext, props: AccountSessionsProps): Html {
  const { csrfToken, notice, current, others, apps } = props;
  return layout(
    context,
    {
      heading: 'Where you are signed in',
      wide: true,
      nav: accountNav('sessions', csrfToken),
      scripts: ['local_time.js'],
    },
    html`${outcome(notice)}
${current && html`<h2>This browser</h2><div class="access">${sessionFacts(current)}</div>`}
${others.length + apps.length > 0 && everywhereElse(csrfToken)}
<h2>Other browsers</h2>
${
  others.length === 0
    ? html`<p class="soft">You are signed in nowhere else.</p>`
    : html`<ul class="accesses">${others.map((other) => otherSession(other, csrfToken))}</ul>`
}
<h2>Apps with access while you are away</h2>
${
  apps.length === 0
    ? html`<p class="soft">No app can use your account without you.</p>`
    : html`<ul class="accesses">${apps.map((one) => app(one, csrfToken))}</ul>`
}`,
  );
}

function everywhereElse(csrfToken: string): Html {
  return html`${actionForm({
    action: '/account/sessions/end-others',
    fields: { csrf: csrfToken },
    label: 'Sign out everywhere else',
    look: 'choice',
  })}
<p class="hint">Signs out all other browsers, and ends the access that apps got there.</p>`;
}

function otherSession(props: SessionProps, csrfToken: string): Html {
  const { sessionId, device, address } = props;
  return html`<li class="access">
${sessionFacts(props)}
${actionForm({
  action: '/account/sessions/end',
  fields: { csrf: csrfToken, session: sessionId },
  label: html`Sign out <span class="unseen">${device}${address && html`, ${address}`}</span>`,
  look: 'tool',
})}
</li>`;
}

function sessionFacts({ device, address, apps, ...times }: SessionProps): Html {
  return html`<h3>${device}</h3>
<p class="soft">${address && html`From ${address}. `}${
    apps.length > 0 ? html`Apps: ${apps.join(', ')}.` : 'No apps.'
  }</p>
${timeFacts('Signed in', times)}`;
}

function app({ clientId, name, accesses }: AppProps, csrfToken: string): Html {
  return html`<li class="access">
<h3>${name}</h3>
${accesses.map(
  ({
    device,
    address,
    lease,
    ...times
  }) => html`<p class="soft">Allowed in ${device}${address && html`, from ${address}`}.</p>
${lease && html`<p>Works on without you, ends ${moment(lease.end)}: “${lease.purpose}”</p>`}
${timeFacts('Allowed', times)}`,
)}
${actionForm({
  action: '/account/apps/end',
  fields: { csrf: csrfToken, client: clientId },
  label: html`End access <span class="unseen">of ${name}</span>`,
  look: 'tool',
})}
</li>`;
}

function timeFacts(began: string, { started, lastActive, idleEnd, absoluteEnd }: AccessTimes): Html {
  return html`<dl class="times">
<div><dt>${began}</dt><dd>${moment(started)}</dd></div>
<div><dt>Last active</dt><dd>${moment(lastActive)}</dd></div>
<div><dt>Ends when idle</dt><dd>${moment(idleEnd)}</dd></div>
<div><dt>Ends in any case</dt><dd>${moment(absoluteEnd)}</dd></div>
</dl>`;
}
