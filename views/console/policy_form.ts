import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { checkField } from '../partials/check_field.ts';
import { errorSummary } from '../partials/error_summary.ts';
import { selectField } from '../partials/select_field.ts';
import { textField } from '../partials/text_field.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface PolicyFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  /** undefined: a duration or a number. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[] | undefined;
  readonly error?: string | undefined;
}

export interface ConsolePolicyFormProps {
  readonly name: string;
  readonly isNew: boolean;
  /** Where the form leads: what would end. */
  readonly action: string;
  readonly fields: readonly PolicyFieldProps[];
  readonly baselines: readonly { readonly id: string; readonly title: string; readonly claimed: boolean }[];
  readonly fault?: { readonly field: string; readonly text: string } | undefined;
}

/** A policy to write; sending it changes nothing yet. */
export function consolePolicyFormPage(shell: Shell, props: ConsolePolicyFormProps): Html {
  const { name, isNew, action, fields, baselines, fault } = props;
  return consolePage(
    shell,
    {
      place: 'policies',
      heading: isNew ? html`New policy: ${name}` : html`Change the policy ${name}`,
      problem: errorSummary({ error: fault?.text, field: fault?.field ?? '' }),
    },
    html`<p class="lead">Durations are written as 90s, 15m, 8h or 30d. What is left empty, the policy does not set: it falls
to the other policies that apply, and at last to the policy default. The next page tells what would end; nothing is
saved before.</p>
<form method="get" action="${safeUrl(action)}">
<div class="fields">
${fields.map(policyField)}
</div>
<fieldset>
<legend>Baselines that it is to meet</legend>
${baselines.map(({ id, title, claimed }) =>
  checkField({
    id: `baseline-${id}`,
    name: 'baseline',
    value: id,
    label: html`<code>${id}</code> ${title}`,
    checked: claimed,
  }),
)}
</fieldset>
<button class="button primary" type="submit">See what would end</button>
</form>
<p class="aside"><a href="/console/policies">Cancel</a></p>`,
  );
}

function policyField({ name, label, hint, value, choices, error }: PolicyFieldProps): Html {
  if (choices)
    return selectField({ name, label, hint, value, options: [{ value: '', label: 'Not set' }, ...choices] });
  return textField({
    name,
    label,
    hint,
    error,
    input: { type: 'text', value, autocomplete: 'off', spellcheck: 'false', maxlength: '20' },
  });
}
