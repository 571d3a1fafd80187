import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { selectField } from '../partials/select_field.ts';
import type { SelectField } from '../partials/select_field.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleClientChangeProps {
  readonly clientId: string;
  readonly heading: string;
  readonly lead: string;
  /** What of the app is open now and ends by it, in words. */
  readonly ends?: string | undefined;
  readonly button: string;
  /** Where the form leads; the page it stands on has the same address. */
  readonly action: string;
  readonly back: string;
  readonly version: string;
  readonly choice?: SelectField | undefined;
}

/** One change to an app, before it is made. */
export function consoleClientChangePage(shell: Shell, props: ConsoleClientChangeProps): Html {
  const { clientId, heading, lead, ends, button, action, back, version, choice } = props;
  return consolePage(
    shell,
    { place: 'clients', heading: html`${heading}: ${clientId}` },
    html`<p class="lead">${lead}</p>
${ends && html`<p>${ends}</p>`}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: shell.csrfToken, version })}
${choice && selectField(choice)}
<button class="button primary" type="submit">${button}</button>
</form>
<p class="aside"><a href="${safeUrl(back)}">Cancel</a></p>`,
  );
}

export interface ConsoleClientSecretProps {
  readonly clientId: string;
  readonly url: string;
  /** Shown this once. */
  readonly secret: string;
  /** Until when the one before is good, in words; undefined: it is not. */
  readonly before?: string | undefined;
}

export function consoleClientSecretPage(shell: Shell, props: ConsoleClientSecretProps): Html {
  const { clientId, url, secret, before } = props;
  return consolePage(
    shell,
    { place: 'clients', heading: html`The new secret of ${clientId}` },
    html`<p class="lead">It is shown only now: only a hash of it is kept.
${before ? html`The one before stays good until ${before}.` : html`Every earlier one is good no more.`}</p>
<p class="secret-line"><code>${secret}</code></p>
<p class="aside"><a href="${safeUrl(url)}">To the app</a></p>`,
  );
}
