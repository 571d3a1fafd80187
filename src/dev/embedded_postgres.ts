import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import {
  chooseAccount,
  rootAccountKinds,
  type AccountKind,
  type PostgresRuntime,
} from './postgres_account.ts';
import { locatePostgresBinaries } from './postgres_binaries.ts';
import { prepareCluster } from './postgres_cluster.ts';
import { reasonOf } from './postgres_command.ts';
import { takeLock } from './postgres_lock.ts';
import { findPostmaster, stopOrphan } from './postgres_orphan.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';
import {
  answersQueries,
  prepareSocketDirectory,
  removeSocketDirectory,
  socketUrl,
} from './postgres_socket.ts';
import { startPostmaster } from './postmaster.ts';

export { EmbeddedPostgresProblem };

export interface EmbeddedPostgres {
  /** A libpq URL for `database` as `user`, over the unix socket: no password, guarded by its directory's mode. */
  connectionUrl(user: string, database: string): string;
  /** Stops it in an orderly way, open connections included, and waits until it is gone. Idempotent. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /**
   * The data directory of curfew, such as `.curfew`; made with mode 0700 when missing. The cluster lives in
   * its `postgres`, the server's log in its `postgres.log`.
   */
  dataDirectory: string;
  /** false: what was committed may be lost in a crash of the machine, as tests may want. Default true. */
  durable?: boolean;
}

/**
 * Start the PostgreSQL that npm brought on a data directory, whose cluster is made on first use. A server
 * that a killed process left running there is stopped first. It runs until `stop`, or until this process
 * exits; a signal that ends the process without an `exit` event leaves it to the next start.
 *
 * @param accountKinds what root tries, in order; the default but for tests.
 * @throws EmbeddedPostgresProblem for whatever an operator can mend, such as a data directory in use.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  accountKinds: readonly AccountKind[] = rootAccountKinds,
): Promise<EmbeddedPostgres> {
  const installed = await locatePostgresBinaries();
  const dataDirectory = await prepareDataDirectory(options.dataDirectory);
  const undo = buildUndo();
  try {
    const lock = takeLock(dataDirectory);
    undo.add(() => lock.release());
    const runtime = await chooseAccount(installed, dataDirectory, accountKinds);
    const durable = options.durable ?? true;
    const socketDirectory = await runCluster(runtime, dataDirectory, { durable }, undo);
    return buildEmbeddedPostgres(socketDirectory, () => undo.run());
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/**
 * The PostgreSQL that another process runs on a data directory, or undefined when none answers there. Its
 * `stop` does nothing.
 *
 * @throws EmbeddedPostgresProblem when this user may not read the directory.
 */
export async function findRunningPostgres(dataDirectory: string): Promise<EmbeddedPostgres | undefined> {
  const postmaster = await findPostmaster(clusterOf(await resolvePath(dataDirectory)));
  const socketDirectory = postmaster?.socketDirectory;
  if (socketDirectory === undefined) return undefined;
  if (!(await answersQueries(socketUrl(socketDirectory, 'postgres', 'postgres')))) return undefined;

  return buildEmbeddedPostgres(socketDirectory, async () => {});
}

function buildEmbeddedPostgres(socketDirectory: string, stop: () => Promise<void>): EmbeddedPostgres {
  return { connectionUrl: (user, database) => socketUrl(socketDirectory, user, database), stop };
}

/** Run the cluster of a data directory that we hold, and return the directory of its socket. */
async function runCluster(
  runtime: PostgresRuntime,
  dataDirectory: string,
  options: { durable: boolean },
  undo: Undo,
): Promise<string> {
  const cluster = clusterOf(dataDirectory);
  await stopOrphan(cluster);
  await prepareCluster(cluster, runtime, options);
  const socketDirectory = await prepareSocketDirectory(dataDirectory, runtime.account.owner);
  undo.add(() => removeSocketDirectory(socketDirectory));

  const logFile = join(dataDirectory, 'postgres.log');
  const postmaster = startPostmaster(runtime, { ...options, cluster, socketDirectory, logFile });
  const leaveNothing = (): void => {
    postmaster.interrupt();
    removeSocketDirectory(socketDirectory);
  };
  process.once('exit', leaveNothing);
  undo.add(() => void process.off('exit', leaveNothing));
  undo.add(() => postmaster.stop());

  await postmaster.waitUntilReady(socketUrl(socketDirectory, 'postgres', 'postgres'));
  return socketDirectory;
}

/** What was done, to be undone in reverse order, once. */
interface Undo {
  add(step: () => void | Promise<void>): void;
  run(): Promise<void>;
}

function buildUndo(): Undo {
  const steps: (() => void | Promise<void>)[] = [];
  let undone: Promise<void> | undefined;
  const undoAll = async (): Promise<void> => {
    for (const step of steps.toReversed()) await step();
  };
  return {
    add: (step) => void steps.push(step),
    run: () => (undone ??= undoAll()),
  };
}

async function prepareDataDirectory(path: string): Promise<string> {
  const directory = resolve(path);
  try {
    await mkdir(dirname(directory), { recursive: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new EmbeddedPostgresProblem(
      `${directory} cannot be made (${reasonOf(cause)}): set CURFEW_DATA_DIR to a directory of yours.`,
      { cause },
    );
  }
  return realpath(directory);
}

/** The path that the postmaster was given: the real one, as long as there is one. */
async function resolvePath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

function clusterOf(dataDirectory: string): string {
  return join(dataDirectory, 'postgres');
}
