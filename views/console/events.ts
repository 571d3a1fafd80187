import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { moment } from '../partials/moment.ts';
import type { Moment } from '../partials/moment.ts';
import { dataTable } from './data_table.ts';

export interface EventProps {
  readonly at: Moment;
  readonly name: string;
  /** Where all there is of the account is shown. */
  readonly account?: { readonly label: string; readonly url: string } | undefined;
  readonly client?: string | undefined;
  readonly address?: string | undefined;
  /** What else it tells: a name and a value each. */
  readonly detail: readonly { readonly name: string; readonly value: string }[];
}

/** Events of the trail, the newest first. */
export function eventTable(caption: string, events: readonly EventProps[], empty: string): Html {
  return dataTable({
    caption,
    columns: ['When', 'What', 'Account', 'App', 'From', 'Details'],
    rows: events.map(({ at, name, account, client, address, detail }) => [
      moment(at),
      html`<code>${name}</code>`,
      account && html`<a href="${safeUrl(account.url)}">${account.label}</a>`,
      client,
      address,
      detail.length > 0 &&
        html`<ul class="plain detail">${detail.map((one) => html`<li>${one.name}: ${one.value}</li>`)}</ul>`,
    ]),
    empty,
  });
}
