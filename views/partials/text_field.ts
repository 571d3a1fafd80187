import { attributes, html } from '../html.ts';
import type { Attributes, Html } from '../html.ts';

export interface TextField {
  /** The field's name and its id. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong, shown at the field. */
  readonly error?: string | undefined;
  /** Ids of texts elsewhere that describe the field too. */
  readonly describedBy?: string | undefined;
  /** The error's text stands at another field, named in `describedBy`. */
  readonly invalid?: boolean | undefined;
  /** Everything else of the input: `type`, `value`, `autocomplete`, … */
  readonly input: Attributes;
}

/** A visible label, the hint, the error and the input, tied together for screen readers. */
export function textField({ name, label, hint, error, describedBy, invalid, input }: TextField): Html {
  const describing = [error && `${name}-error`, hint && `${name}-hint`, describedBy]
    .filter(Boolean)
    .join(' ');
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<div class="field-box"><input id="${name}" name="${name}"${attributes({
    ...input,
    'aria-invalid': error || invalid ? 'true' : undefined,
    'aria-describedby': describing || undefined,
  })}></div>
${error && html`<p class="field-error" id="${name}-error">${error}</p>`}
</div>`;
}
