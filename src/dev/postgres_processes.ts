import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Whether any process has this pid, be it ours or not. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, as the system says it; undefined when there is none with this pid. */
export function findProcessStart(pid: number): string | undefined {
  if (process.platform !== 'linux') return listProcess(pid, 'lstart') || undefined;

  // The second field, the command in parentheses, may hold spaces; the start is the 22nd.
  const fields = readIfPossible(`/proc/${pid}/stat`)?.split(')').at(-1)?.trim().split(' ');
  return fields?.[22 - 3];
}

/** Whether that process is the postmaster of this cluster and not some program that got its pid. */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  if (!isProcessAlive(pid)) return false;
  if (process.platform !== 'linux') return listProcess(pid, 'args').includes(`postgres -D ${cluster} `);

  const [program = '', ...args] = readIfPossible(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return basename(program) === 'postgres' && args.includes(cluster);
}

function listProcess(pid: number, column: 'args' | 'lstart'): string {
  try {
    return execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    // ps fails for a process that has just ended.
    return '';
  }
}

function readIfPossible(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
