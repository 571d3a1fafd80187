import { chmod, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { copyPostgresBinaries, type PostgresBinaries } from './postgres_binaries.ts';
import { reasonOf, runCommand, type PostgresCommand, type RunIdentity } from './postgres_command.ts';
import type { Owner } from './postgres_ownership.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';

/**
 * Whom PostgreSQL runs as, which refuses to be root: `own` the user we are, `namespace` the user we are, seen
 * as uid 65534 inside a user namespace, `nobody` uid and gid 65534.
 */
export type AccountKind = 'own' | 'namespace' | 'nobody';

export interface PostgresAccount {
  readonly kind: AccountKind;
  /** Who must own what PostgreSQL reads and writes, as seen from outside of a namespace. */
  readonly owner: Owner;
  command(program: string, args: readonly string[]): PostgresCommand;
}

export interface PostgresRuntime {
  readonly account: PostgresAccount;
  /** The binaries that this account can reach. */
  readonly binaries: PostgresBinaries;
}

/** What root tries, in this order. */
export const rootAccountKinds: readonly AccountKind[] = ['namespace', 'nobody'];

const unprivilegedId = 65534;
const probeTimeout = 5;
const namespacePrefix = [
  'unshare',
  '--user',
  `--map-user=${unprivilegedId}`,
  `--map-group=${unprivilegedId}`,
  '--',
];

/**
 * Choose whom PostgreSQL runs as: the user we are, or, for root, the first of `kinds` that can reach both
 * the binaries and the data directory. For `nobody` the data directory may be made passable, and the
 * binaries copied into it.
 *
 * @throws EmbeddedPostgresProblem when the binaries do not run on this system, or no account will do.
 */
export async function chooseAccount(
  binaries: PostgresBinaries,
  dataDirectory: string,
  kinds: readonly AccountKind[] = rootAccountKinds,
): Promise<PostgresRuntime> {
  await checkBinariesRun(binaries);
  if (process.geteuid?.() !== 0) return { account: await chooseOrdinaryAccount(), binaries };

  for (const kind of kinds) {
    const runtime = await findRuntime(buildAccount(kind), binaries, dataDirectory);
    if (runtime !== undefined) return runtime;
  }
  throw new EmbeddedPostgresProblem(
    `PostgreSQL does not run as root, and no other user can reach ${dataDirectory}: ` +
      'set CURFEW_DATA_DIR to a directory that every user can reach, such as /var/lib/curfew.',
  );
}

/** initdb refuses a uid without a name, such as containers are run with; uid 65534 has one everywhere. */
async function chooseOrdinaryAccount(): Promise<PostgresAccount> {
  const namespace = buildAccount('namespace');
  return !hasName() && (await succeeds(namespace, 'true', '')) ? namespace : buildAccount('own');
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function buildAccount(kind: AccountKind): PostgresAccount {
  const prefix = kind === 'namespace' ? namespacePrefix : [];
  const identity: RunIdentity = kind === 'nobody' ? { uid: unprivilegedId, gid: unprivilegedId } : {};
  return {
    kind,
    owner: { uid: identity.uid ?? process.geteuid?.() ?? 0, gid: identity.gid ?? process.getegid?.() ?? 0 },
    command(program, args) {
      const [file = program, ...rest] = [...prefix, program, ...args];
      return { file, args: rest, identity };
    },
  };
}

async function findRuntime(
  account: PostgresAccount,
  binaries: PostgresBinaries,
  dataDirectory: string,
): Promise<PostgresRuntime | undefined> {
  if (account.kind === 'nobody') await makePassable(dataDirectory);
  if (!(await succeeds(account, 'cd "$1"', dataDirectory))) return undefined;
  if (await succeeds(account, '"$1" --version', postgresOf(binaries))) return { account, binaries };
  if (account.kind !== 'nobody') return undefined;

  return { account, binaries: await copyPostgresBinaries(binaries, dataDirectory, account.owner) };
}

/** Let others pass through our own data directory, not list it; its files have modes of their own. */
async function makePassable(dataDirectory: string): Promise<void> {
  const { mode, uid } = await stat(dataDirectory);
  if (uid === process.geteuid?.()) await chmod(dataDirectory, (mode & 0o777) | 0o011);
}

async function succeeds(account: PostgresAccount, script: string, argument: string): Promise<boolean> {
  const probe = runCommand(account.command('sh', ['-c', script, 'sh', argument]), probeTimeout);
  return probe.then(
    () => true,
    () => false,
  );
}

async function checkBinariesRun(binaries: PostgresBinaries): Promise<void> {
  try {
    await runCommand({ file: postgresOf(binaries), args: ['--version'], identity: {} }, probeTimeout);
  } catch (cause) {
    throw new EmbeddedPostgresProblem(
      `The embedded PostgreSQL does not run on this system, which on Linux needs glibc (${reasonOf(cause)}): ` +
        'set CURFEW_DATABASE_URL to a PostgreSQL 18 of your own.',
      { cause },
    );
  }
}

function postgresOf(binaries: PostgresBinaries): string {
  return join(binaries.directory, 'bin', 'postgres');
}
