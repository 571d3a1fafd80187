import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Share {
  name: string;
  /** Below the root of the repository. */
  files: readonly string[];
}

/**
 * Folders of `test/` whose files one process runs, so much that a share takes a quarter of the time or less,
 * the longest first. What no line names is the last share.
 */
const folders: readonly (readonly string[])[] = [
  ['cli'],
  ['browser'],
  ['flows'],
  ['security'],
  ['docker', 'dev', 'faults'],
];

/** Every test file of the repository, in one share each. */
export function listShares(): Share[] {
  const tests = fileURLToPath(new URL('..', import.meta.url));
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts'))
    .toSorted();
  const shareOf = (file: string) => {
    const index = folders.findIndex((names) => names.includes(file.split('/')[1] ?? ''));
    return index < 0 ? folders.length : index;
  };
  const names = [...folders.map((some) => some.map((name) => `test/${name}`).join(', ')), 'the other tests'];
  return names.map((name, index) => ({ name, files: files.filter((file) => shareOf(file) === index) }));
}
