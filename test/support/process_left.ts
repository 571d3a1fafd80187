import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { waitUntil } from './process_wait.ts';

const proc = '/proc';
const hasProc = existsSync(path.join(proc, 'self', 'stat'));

/** Who still runs the cluster of a data directory: the pids that the system lists, and what the cluster says. */
export function listLeftovers(dataDirectory: string): string[] {
  const cluster = path.join(dataDirectory, 'postgres');
  const pidFile = path.join(cluster, 'postmaster.pid');
  // Every process of PostgreSQL works in its cluster's directory.
  const worksThere = (pid: string) => readlinkSync(path.join(proc, pid, 'cwd')) === cluster;
  return [...listProcesses(worksThere), ...(existsSync(pidFile) ? [pidFile] : [])];
}

/**
 * Resolves when nothing of the process group that `leader` led is left. What a dead process started may
 * take a moment to notice; and a process that has ended counts as gone even if nobody collects it.
 */
export async function waitUntilGroupIsGone(leader: number): Promise<void> {
  await waitUntil(() => !isGroupAlive(leader), `the process group ${leader} is still there`);
}

function isGroupAlive(leader: number): boolean {
  if (!hasProc) return hasMembers(leader);
  return listProcesses((pid) => isLiving(pid, leader)).length > 0;
}

/** The state and the process group follow the command in parentheses, which may hold spaces. */
function isLiving(pid: string, group: number): boolean {
  const [state, , processGroup] = (
    readFileSync(path.join(proc, pid, 'stat'), 'utf8')
      .split(')')
      .at(-1) ?? ''
  )
    .trim()
    .split(' ');
  return Number(processGroup) === group && state !== 'Z' && state !== 'X';
}

function hasMembers(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** None where the system has no list to read. */
function listProcesses(matches: (pid: string) => boolean): string[] {
  if (!hasProc) return [];
  return readdirSync(proc).filter((name) => {
    try {
      return /^\d+$/.test(name) && matches(name);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}
