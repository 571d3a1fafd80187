import {
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import type { Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Clone {
  directory: string;
  /** For npm's own files. */
  home: string;
  remove(): void;
}

export interface Owner {
  uid: number;
  gid: number;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
/** What git ignores or keeps for itself; npm's tree is brought as `npm ci` would leave it. */
const notCloned = new Set(['.git', '.curfew', 'node_modules', 'dist']);

/** What a clone and `npm ci` give, in a directory of mode 0700 that belongs to `owner`, as `mktemp -d` makes it. */
export function createClone(owner?: Owner): Clone {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'curfew-clone-')));
  const home = path.join(directory, '.home');
  mkdirSync(home);
  give(directory, owner);
  give(home, owner);
  for (const entry of readdirSync(repository, { withFileTypes: true })) {
    if (!notCloned.has(entry.name)) bring(repository, directory, entry, { owner, link: false });
  }
  const modules = readdirSync(repository, { withFileTypes: true }).filter(
    ({ name }) => name === 'node_modules',
  );
  for (const entry of modules) bring(repository, directory, entry, { owner, link: true });
  return { directory, home, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

interface Manner {
  owner: Owner | undefined;
  /** Hard links instead of copies: as good for reading, and done in no time. They keep their owner. */
  link: boolean;
}

function bring(from: string, to: string, entry: Dirent, manner: Manner): void {
  const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
  if (entry.isSymbolicLink() && entry.name !== 'node_modules') symlinkSync(readlinkSync(source), target);
  else if (statSync(source).isDirectory()) {
    mkdirSync(target);
    give(target, manner.owner);
    for (const inner of readdirSync(source, { withFileTypes: true })) bring(source, target, inner, manner);
  } else if (!manner.link || !tryLink(source, target)) {
    copyFileSync(source, target);
    give(target, manner.owner);
  }
}

/** false where another file system, its rules or the file's mode call for a copy. */
function tryLink(source: string, target: string): boolean {
  if ((statSync(source).mode & 0o444) !== 0o444) return false;
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    return false;
  }
}

function give(target: string, owner: Owner | undefined): void {
  if (owner) chownSync(target, owner.uid, owner.gid);
}
