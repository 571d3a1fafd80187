import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Edit, PlantedBug } from './planted_bugs.ts';

/** Plant a bug in the checkout at `root`. Throws where a text to change is not there. */
export function plantBug(root: string, { name, edits }: PlantedBug): void {
  for (const edit of edits) {
    const files = listFiles(root, edit).filter((file) => readFileSync(file, 'utf8').includes(edit.from));
    if (files.length === 0)
      throw new Error(`"${name}" cannot be planted: ${edit.file} does not say ${edit.from}`);
    for (const file of files) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(edit.from, edit.to));
  }
}

/** A later migration may have replaced a function: all that still say it are changed. */
function listFiles(root: string, { file }: Edit): string[] {
  if (file.endsWith('.ts')) return [join(root, file)];
  const names = readdirSync(join(root, file)).filter((name) => /^\d+_.*\.sql$/.test(name));
  return names.map((name) => join(root, file, name));
}
