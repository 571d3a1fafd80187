import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Edit, PlantedBug } from './planted_bugs.ts';

/** Plant a bug in the checkout at `root`. Throws where a text to change is not there. */
export function plantBug(root: string, { name, edits }: PlantedBug): void {
  for (const edit of edits) {
    const file = findFile(root, edit);
    const text = readFileSync(file, 'utf8');
    if (!text.includes(edit.from))
      throw new Error(`"${name}" cannot be planted: ${file} does not say ${edit.from}`);
    writeFileSync(file, text.replaceAll(edit.from, edit.to));
  }
}

function findFile(root: string, { file }: Edit): string {
  if (typeof file === 'string') return join(root, file);
  const folder = join(root, 'migrations');
  const defines = new RegExp(`create (or replace )?function ${file.sqlFunction}\\(`);
  const migrations = readdirSync(folder).filter((name) => /^\d+_.*\.sql$/.test(name));
  const last = migrations
    .toSorted()
    .findLast((name) => defines.test(readFileSync(join(folder, name), 'utf8')));
  return join(folder, last ?? 'none');
}
