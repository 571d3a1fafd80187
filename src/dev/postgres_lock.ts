import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EmbeddedPostgresProblem } from './postgres_problem.ts';
import { findProcessStart, isProcessAlive } from './postgres_processes.ts';

export interface DataDirectoryLock {
  /** Synchronous, so that it can be done while the process exits. Idempotent. */
  release(): void;
}

/**
 * Take the data directory for this process. The file `curfew.pid` in it holds our pid and, where the system
 * tells it, when the process started, by which a pid that was given to another program is told apart.
 *
 * @throws EmbeddedPostgresProblem, naming the pid, while another start holds the directory.
 */
export function takeLock(dataDirectory: string): DataDirectoryLock {
  const file = join(dataDirectory, 'curfew.pid');
  const content = `${process.pid}\n${findProcessStart(process.pid) ?? ''}\n`;
  while (!createWhole(file, content)) {
    const held = readIfThere(file);
    if (held === undefined) continue;
    refuseLiving(dataDirectory, held);
    discard(file, held);
  }
  return {
    release() {
      if (readIfThere(file) === content) rmSync(file, { force: true });
    },
  };
}

/** A link appears with all of its content, and only where there was none. */
function createWhole(file: string, content: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, content, { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function refuseLiving(dataDirectory: string, held: string): void {
  const [pid = '', startedAt = ''] = held.split('\n');
  if (!isProcessAlive(Number(pid))) return;
  if (startedAt !== '' && findProcessStart(Number(pid)) !== startedAt) return;

  throw new EmbeddedPostgresProblem(
    `Curfew already runs on ${dataDirectory} as process ${pid}: ` +
      'stop it first, or set CURFEW_DATA_DIR to another directory.',
  );
}

/** Remove what a dead process left, but not the lock of one that was faster to do so than we. */
function discard(file: string, held: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIfThere(aside) !== held) linkSync(aside, file);
  rmSync(aside, { force: true });
}
