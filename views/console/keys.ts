import { html, safeUrl } from '../html.ts';
import type { Html, Part } from '../html.ts';
import { hiddenFields } from '../partials/action_form.ts';
import { moment } from '../partials/moment.ts';
import type { Moment } from '../partials/moment.ts';
import { dataTable } from './data_table.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface KeyProps {
  readonly keyId: string;
  /** What it signs, in words. */
  readonly purpose: string;
  readonly algorithm: string;
  /** Since when it signs, from when it may, or until when it is published; undefined: not known yet. */
  readonly at?: Moment | undefined;
  /** Where it is removed before its time; undefined: it cannot be. */
  readonly removeUrl?: string | undefined;
}

export interface ConsoleKeysProps {
  readonly current: readonly KeyProps[];
  readonly next: readonly KeyProps[];
  readonly previous: readonly KeyProps[];
  /** In words. */
  readonly rotateEvery: string;
}

/** The signing keys in their three states. */
export function consoleKeysPage(shell: Shell, props: ConsoleKeysProps): Html {
  const { current, next, previous, rotateEvery } = props;
  const table = (caption: string, when: string, keys: readonly KeyProps[], empty: string) =>
    dataTable({
      caption,
      columns: ['Key', 'Signs', 'Algorithm', when],
      rows: keys.map((key) => [html`<code>${key.keyId}</code>`, key.purpose, key.algorithm, tell(key)]),
      empty,
    });
  return consolePage(
    shell,
    { place: 'keys', heading: 'Signing keys' },
    html`<p class="lead">A key is published before it signs, and for as long as anything that it signed is good: so nothing fails
to verify. They rotate by themselves every ${rotateEvery}.</p>
${shell.mayChange && html`<p><a class="button tool fit" href="/console/keys/rotate">Rotate them now</a></p>`}
<h2>Current: they sign</h2>
${table('Keys that sign', 'Since', current, 'None: a server makes them as it starts.')}
<h2>Next: they are published, and will sign</h2>
${table('Keys that will sign', 'Known everywhere', next, 'None yet: a running server publishes them.')}
<h2>Previous: they are published until what they signed is over</h2>
${table('Keys that signed', 'Published until', previous, 'None: nothing that another key signed is still good.')}`,
  );
}

function tell({ keyId, at, removeUrl }: KeyProps): Part {
  return html`${at ? moment(at) : 'Not known yet'}${
    removeUrl !== undefined &&
    html`<a class="when" href="${safeUrl(removeUrl)}">It leaked: remove it<span class="unseen">, the key ${keyId}</span></a>`
  }`;
}

export interface ConsoleKeyChangeProps {
  readonly heading: string;
  readonly lead: string;
  readonly warning?: string | undefined;
  readonly button: string;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The last look before keys rotate, or one is removed. */
export function consoleKeyChangePage(shell: Shell, props: ConsoleKeyChangeProps): Html {
  const { heading, lead, warning, button, action, fields } = props;
  return consolePage(
    shell,
    { place: 'keys', heading },
    html`<p class="lead">${lead}</p>
${warning && html`<p class="notice">${warning}</p>`}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ csrf: shell.csrfToken, ...fields })}<button class="button primary" type="submit">${button}</button>
</form>
<p class="aside"><a href="/console/keys">Cancel</a></p>`,
  );
}
