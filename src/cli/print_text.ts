import { writeFileSync } from 'node:fs';
import { Problem } from '../domain/problems.ts';

/** To a file, or to standard output where none is named. Throws Problem `file_unwritable`. */
export function printText(text: string, output: string | undefined): void {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(output, text);
  } catch (cause) {
    throw new Problem('file_unwritable', `${output} cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
}
