import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { PostgresRuntime } from './postgres_account.ts';
import { commandSurroundings, findReason } from './postgres_command.ts';
import { findPostmaster } from './postgres_orphan.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';
import { answersQueries } from './postgres_socket.ts';

export interface PostmasterSettings {
  readonly cluster: string;
  readonly socketDirectory: string;
  readonly logFile: string;
  readonly durable: boolean;
}

export interface Postmaster {
  /** Resolves once `url` answers; throws EmbeddedPostgresProblem when PostgreSQL ends before or takes too long. */
  waitUntilReady(url: string): Promise<void>;
  /** Ask it to stop, without waiting. */
  interrupt(): void;
  /** Stop it in an orderly way and wait until it is gone. */
  stop(): Promise<void>;
}

// As long as the recovery of a cluster that was not stopped in an orderly way may take.
const readyTimeout = 60;
const readyPollInterval = 0.02;
const fastStopTimeout = 10;
const longestLog = 10 * 1024 * 1024;

/** Start PostgreSQL's main process, in a process group of its own, so that Ctrl-C reaches only ours. */
export function startPostmaster(runtime: PostgresRuntime, settings: PostmasterSettings): Postmaster {
  const { file, args, identity } = runtime.account.command(
    join(runtime.binaries.directory, 'bin', 'postgres'),
    postmasterArguments(settings),
  );
  const log = openLog(settings.logFile);
  const surroundings = { ...commandSurroundings(), ...identity };
  const child = spawn(file, args, {
    ...surroundings,
    detached: true,
    stdio: ['ignore', log.handle, log.handle],
  });
  closeSync(log.handle);
  // It must not keep this process alive after everything else has ended.
  child.unref();
  const ended = waitForEnd(child);

  // What answers on the socket is ours only if the cluster is: it could be one whose pid file was lost.
  const isReady = async (url: string): Promise<boolean> =>
    (await findPostmaster(settings.cluster))?.pid === child.pid && answersQueries(url);
  const reason = (): string => findReason(log.readNew()) ?? 'it said nothing';

  return {
    waitUntilReady: (url) => waitUntilReady(() => isReady(url), child, reason),
    interrupt: () => void child.kill('SIGINT'),
    stop: () => stopPostmaster(child, ended),
  };
}

function postmasterArguments({ cluster, socketDirectory, durable }: PostmasterSettings): string[] {
  const parameters = {
    listen_addresses: '',
    unix_socket_directories: `"${socketDirectory.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    cluster_name: 'curfew',
    max_connections: '100',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : volatileParameters),
  };
  return [
    '-D',
    cluster,
    ...Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

const volatileParameters = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

function openLog(file: string): { handle: number; readNew(): string } {
  const handle = openSync(file, 'a', 0o600);
  if (statSync(file).size > longestLog) truncateSync(file);
  const start = statSync(file).size;
  return { handle, readNew: () => readFileSync(file).subarray(start).toString() };
}

/** Resolves when the process has ended or could not even be started. */
function waitForEnd(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

async function waitUntilReady(
  isReady: () => Promise<boolean>,
  child: ChildProcess,
  reason: () => string,
): Promise<void> {
  const deadlineAt = Date.now() + readyTimeout * 1000;
  while (!(await isReady())) {
    if (hasEnded(child)) throw new EmbeddedPostgresProblem(`PostgreSQL did not start: ${reason()}`);
    if (Date.now() >= deadlineAt) {
      throw new EmbeddedPostgresProblem(
        `PostgreSQL was not ready within ${readyTimeout} seconds: ${reason()}`,
      );
    }
    await sleep(readyPollInterval * 1000);
  }
}

async function stopPostmaster(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (hasEnded(child)) return;

  child.ref();
  child.kill('SIGINT');
  const escalation = setTimeout(() => child.kill('SIGQUIT'), fastStopTimeout * 1000);
  await ended;
  clearTimeout(escalation);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
