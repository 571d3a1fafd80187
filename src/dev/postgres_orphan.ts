import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { reasonOf } from './postgres_command.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';
import { isPostmasterOf, isProcessAlive } from './postgres_processes.ts';
import { removeSocketDirectory } from './postgres_socket.ts';

export interface RunningPostmaster {
  readonly pid: number;
  /** undefined until it listens. */
  readonly socketDirectory: string | undefined;
}

const fastStopTimeout = 5;
const quickStopTimeout = 10;

/** The postmaster that runs on a cluster, whoever started it. */
export async function findPostmaster(cluster: string): Promise<RunningPostmaster | undefined> {
  const recorded = await findRecordedPostmaster(cluster);
  return recorded !== undefined && isPostmasterOf(recorded.pid, cluster) ? recorded : undefined;
}

/**
 * Stop the postmaster that outlived a curfew which was killed. The caller holds the lock of the data
 * directory, so that nobody uses that postmaster any more.
 *
 * @throws EmbeddedPostgresProblem when it does not stop.
 */
export async function stopOrphan(cluster: string): Promise<void> {
  const recorded = await findRecordedPostmaster(cluster);
  if (recorded === undefined) return;
  if (!isPostmasterOf(recorded.pid, cluster)) return discardReusedPid(recorded.pid, cluster);

  const stopped =
    (await stopWithin(fastStopTimeout, 'SIGINT', recorded.pid, cluster)) ||
    (await stopWithin(quickStopTimeout, 'SIGQUIT', recorded.pid, cluster));
  if (!stopped) {
    throw new EmbeddedPostgresProblem(
      `An earlier PostgreSQL still runs on ${cluster} and does not stop: end process ${recorded.pid}.`,
    );
  }
  if (recorded.socketDirectory !== undefined) removeSocketDirectory(recorded.socketDirectory);
}

/**
 * PostgreSQL overwrites the file of a dead postmaster, after a look for what else that one may have left,
 * but takes any living process with the same pid for a postmaster.
 */
async function discardReusedPid(pid: number, cluster: string): Promise<void> {
  if (isProcessAlive(pid)) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

async function findRecordedPostmaster(cluster: string): Promise<RunningPostmaster | undefined> {
  const text = await readPostmasterFile(cluster);
  const [pid, , , , socketDirectory] = text?.split('\n') ?? [];
  return pid ? { pid: Number(pid), socketDirectory: socketDirectory || undefined } : undefined;
}

async function readPostmasterFile(cluster: string): Promise<string | undefined> {
  try {
    return await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EmbeddedPostgresProblem(
      `${cluster} cannot be read (${reasonOf(cause)}): run as the user who started Curfew.`,
      { cause },
    );
  }
}

async function stopWithin(
  seconds: number,
  signal: NodeJS.Signals,
  pid: number,
  cluster: string,
): Promise<boolean> {
  const deadlineAt = Date.now() + seconds * 1000;
  sendSignal(pid, signal);
  while (isPostmasterOf(pid, cluster)) {
    if (Date.now() >= deadlineAt) return false;
    await sleep(10);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It may have ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
