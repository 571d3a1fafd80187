import type { Html } from '../html.ts';
import { textField } from './text_field.ts';

export interface CodeField {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly describedBy?: string | undefined;
  readonly autofocus: boolean;
}

/** The one input for a code of six digits; spaces between them are allowed. */
export function codeField({ autofocus, ...rest }: CodeField): Html {
  return textField({
    ...rest,
    name: 'code',
    input: {
      class: 'code',
      type: 'text',
      inputmode: 'numeric',
      autocomplete: 'one-time-code',
      pattern: ' *([0-9] *){6}',
      title: 'Six digits',
      required: true,
      autofocus,
    },
  });
}
