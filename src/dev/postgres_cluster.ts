import { lstat, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { PostgresRuntime } from './postgres_account.ts';
import { reasonOf, runCommand } from './postgres_command.ts';
import { giveTo } from './postgres_ownership.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';

const initdbTimeout = 120;
const initdbOptions = [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];
const chooseAnother = 'run as its owner, or set CURFEW_DATA_DIR to another directory.';

/**
 * Make sure that `directory` is a cluster which this PostgreSQL can run: made when missing, whole or not at
 * all. The caller holds the lock of the data directory.
 *
 * @throws EmbeddedPostgresProblem for a cluster of another version or owner, or when initdb fails.
 */
export async function prepareCluster(
  directory: string,
  runtime: PostgresRuntime,
  options: { durable: boolean },
): Promise<void> {
  const version = await findClusterVersion(directory);
  if (version === undefined) return createCluster(directory, runtime, options);

  const [major] = runtime.binaries.version.split('.');
  if (version !== major) {
    throw new EmbeddedPostgresProblem(
      `${directory} was made by PostgreSQL ${version} and this is PostgreSQL ${major}: ` +
        'set CURFEW_DATA_DIR to another directory, or move that one away.',
    );
  }
  await takeOver(directory, runtime);
}

async function findClusterVersion(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EmbeddedPostgresProblem(`${directory} cannot be read (${reasonOf(cause)}): ${chooseAnother}`, {
      cause,
    });
  }
}

/** A cluster may have been left by another account: as another user, or by root in another way. */
async function takeOver(directory: string, { account }: PostgresRuntime): Promise<void> {
  const { uid } = await lstat(directory);
  if (process.geteuid?.() !== 0 && uid !== account.owner.uid) {
    throw new EmbeddedPostgresProblem(`${directory} belongs to another user (uid ${uid}): ${chooseAnother}`);
  }
  await giveTo(directory, account.owner);
}

async function createCluster(
  directory: string,
  { account, binaries }: PostgresRuntime,
  { durable }: { durable: boolean },
): Promise<void> {
  await refuseForeignDirectory(directory);
  await removeIncomplete(directory);
  const incomplete = await mkdtemp(incompletePrefix(directory));
  await giveTo(incomplete, account.owner);
  const args = [`--pgdata=${incomplete}`, ...initdbOptions, ...(durable ? [] : ['--no-sync'])];
  try {
    await runCommand(account.command(join(binaries.directory, 'bin', 'initdb'), args), initdbTimeout);
  } catch (cause) {
    throw new EmbeddedPostgresProblem(`PostgreSQL cannot make ${directory}: ${reasonOf(cause)}`, { cause });
  }
  await rename(incomplete, directory);
  if (durable) await syncDirectory(dirname(directory));
}

/**
 * Remove what interrupted starts left. An initdb whose curfew was killed may still be at work there, hence
 * the retries here and a new name for every attempt.
 */
async function removeIncomplete(directory: string): Promise<void> {
  const parent = dirname(directory);
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!path.startsWith(incompletePrefix(directory))) continue;
    await rm(path, { recursive: true, force: true, maxRetries: 10 });
  }
}

function incompletePrefix(directory: string): string {
  return `${directory}.incomplete-`;
}

async function refuseForeignDirectory(directory: string): Promise<void> {
  const content = await readdir(directory).catch(() => []);
  if (content.length === 0) return;

  throw new EmbeddedPostgresProblem(
    `${directory} holds something that is no PostgreSQL cluster: ` +
      'set CURFEW_DATA_DIR to another directory, or move it away.',
  );
}

/** Until its parent is on disk, a renamed cluster could be lost with its new name in a power failure. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
