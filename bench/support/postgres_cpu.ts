import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells CPU time to programs in hundredths of a second, whatever its own clock does. */
const millisecondsPerTick = 10;

/**
 * The CPU milliseconds, of user and system, that a cluster has used so far: its postmaster, all its
 * processes, and those that have ended. Each live process is told to 10 ms only. Linux.
 */
export function readPostgresCpu(postmaster: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (!stat) continue;
    if (stat.pid === postmaster) ticks += stat.ownTicks + stat.reapedTicks;
    else if (stat.parent === postmaster) ticks += stat.ownTicks;
  }
  return ticks * millisecondsPerTick;
}

interface ProcessStat {
  pid: number;
  parent: number;
  ownTicks: number;
  /** Of its children that have ended. */
  reapedTicks: number;
}

/** undefined for a process that has just ended. */
function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold anything; proc(5) counts from 1.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { pid, parent: field(4), ownTicks: field(14) + field(15), reapedTicks: field(16) + field(17) };
}
