import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface CheckField {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly label: string | Html;
  readonly checked?: boolean | undefined;
}

/** A box to tick, with its label beside it. */
export function checkField({ id, name, value, label, checked }: CheckField): Html {
  return html`<span class="check"><input type="checkbox" id="${id}" name="${name}" value="${value}"${checked && html` checked`}>
<label for="${id}">${label}</label></span>`;
}
