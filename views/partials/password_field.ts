import type { Html } from '../html.ts';
import { textField } from './text_field.ts';

export interface PasswordField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly kind: 'current-password' | 'new-password';
  readonly autofocus?: boolean | undefined;
}

/** A password: never written into the page, and pasted as freely as typed. */
export function passwordField({ kind, autofocus, ...rest }: PasswordField): Html {
  return textField({ ...rest, input: { type: 'password', autocomplete: kind, required: true, autofocus } });
}
