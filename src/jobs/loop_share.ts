import { performance } from 'node:perf_hooks';

/** What this thread does beside one job of its own. */
export interface LoopShare {
  /** The share of the time since the job last ended, 0 to 1, in which the thread had something to do. */
  read(): number;
  /** The job has ended: what it took of the thread does not count. */
  restart(): void;
}

/** Of several instances the one with least to do sees to what any of them could: the others rest a little longer. */
export function createLoopShare(): LoopShare {
  let since = performance.eventLoopUtilization();
  return {
    read: () => performance.eventLoopUtilization(performance.eventLoopUtilization(), since).utilization,
    restart() {
      since = performance.eventLoopUtilization();
    },
  };
}
