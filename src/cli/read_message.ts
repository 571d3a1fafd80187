import { InvalidArgumentError } from 'commander';
import { lineSchema } from '../config/schema/names.ts';

/** What the history says to a version: one line, at most 500 characters. */
export function readMessage(text: string): string {
  const read = lineSchema(500).safeParse(text);
  if (read.success) return read.data;
  throw new InvalidArgumentError(`It ${read.error.issues[0]?.message ?? 'is not valid'}.`);
}
