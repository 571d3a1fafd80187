import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';

/** Hidden fields by name. */
export type HiddenFields = Readonly<Record<string, string>>;

export function hiddenFields(fields: HiddenFields): Html {
  return html`${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}`;
}

export interface ActionForm {
  readonly action: string;
  readonly fields: HiddenFields;
  readonly label: string | Html;
  /** `primary` is the page's main action, `choice` one of several of equal weight, `quiet` a way out, `tool` for one entry of a list. */
  readonly look: 'primary' | 'choice' | 'quiet' | 'tool';
}

/** A form that is nothing but a button. */
export function actionForm({ action, fields, label, look }: ActionForm): Html {
  return html`<form method="post" action="${safeUrl(action)}">
${hiddenFields(fields)}<button class="button ${look}" type="submit">${label}</button>
</form>`;
}
