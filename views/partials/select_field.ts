import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface SelectField {
  /** The field's name and its id. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is chosen; the first option, if it is none of them. */
  readonly value?: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One of several, under a visible label. */
export function selectField({ name, label, hint, value, options }: SelectField): Html {
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<div class="field-box"><select id="${name}" name="${name}"${hint && html` aria-describedby="${name}-hint"`}>${options.map(
    (option) =>
      html`<option value="${option.value}"${option.value === value && html` selected`}>${option.label}</option>`,
  )}</select></div>
</div>`;
}
