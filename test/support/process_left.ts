import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Who still runs the cluster of a data directory: the pids that the system lists, or what the cluster says. */
export function listLeftovers(dataDirectory: string): string[] {
  const cluster = path.join(dataDirectory, 'postgres');
  const pidFile = path.join(cluster, 'postmaster.pid');
  return [...listProcessesIn(cluster), ...(existsSync(pidFile) ? [pidFile] : [])];
}

/** Every process of PostgreSQL works in its cluster's directory. None where the system does not tell. */
function listProcessesIn(directory: string): string[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === directory;
    } catch {
      return false;
    }
  });
}
