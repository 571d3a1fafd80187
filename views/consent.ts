import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { actionForm } from './partials/action_form.ts';
import { permissions } from './partials/permissions.ts';
import type { ResourceText, ScopeText } from './partials/permissions.ts';

export interface ConsentProps {
  readonly allowAction: string;
  readonly denyAction: string;
  readonly csrfToken: string;
  readonly clientName: string;
  /** The host of the redirect URI; empty where nobody goes on, as with a device. */
  readonly clientHost: string;
  readonly username: string;
  readonly scopes: readonly ScopeText[];
  readonly resources: readonly ResourceText[];
  /** Sentences about how long the access lasts: "Ends after 30 minutes without activity." */
  readonly lasts: readonly string[];
  /** Work that goes on without the user; the purpose is in the app's own words. */
  readonly lease?: { readonly duration: string; readonly purpose: string } | undefined;
}

export function consentPage(context: PageContext, props: ConsentProps): Html {
  const { allowAction, denyAction, csrfToken, clientName, clientHost, username, lasts, lease } = props;
  const fields = { csrf: csrfToken };
  return layout(
    context,
    { heading: html`Allow ${clientName} to use your account?`, wide: true },
    html`${clientHost && html`<p class="lead">Afterwards you go on to <strong>${clientHost}</strong>.</p>`}
${accountLine(username)}
${permissions(props)}
${
  lease &&
  html`<h2>It wants to work without you</h2>
<p>For up to ${lease.duration}, even while you are away. In the app's own words:</p>
<blockquote dir="auto">${lease.purpose}</blockquote>`
}
${
  lasts.length > 0 &&
  html`<h2>How long this lasts</h2>
<ul class="plain">${lasts.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
}
<div class="choices">
${actionForm({ action: allowAction, fields, label: 'Allow', look: 'choice' })}
${actionForm({ action: denyAction, fields, label: 'Deny', look: 'choice' })}
</div>`,
  );
}
