import { cpus } from 'node:os';

/** How many notices one instance sends in a second while it has nothing else to do. */
const mostPerSecond = 250;
/** The share of that which is left however busy the instance is. */
const leastShare = 0.1;

/** How fast one instance may send: what answers requests goes first. */
export interface Pace {
  /** Adapt to how idle the instance has been since the last look. */
  look(): void;
  /** How many notices may be taken in hand now. A second's worth is saved up, so that a few never wait. */
  allowance(): number;
  spend(count: number): void;
}

/**
 * The less idle this thread and its machine are, the fewer: in the square of the idle share, for what waits in
 * a queue waits longer than in proportion to the load. `readIdleShare` says that share, 0 to 1, since it was
 * last asked.
 */
export function createPace(readIdleShare: () => number = createIdleMeter()): Pace {
  let perSecond = mostPerSecond;
  let saved = mostPerSecond;
  let savedAt = performance.now();

  function save(): void {
    const now = performance.now();
    saved = Math.min(mostPerSecond, saved + ((now - savedAt) / 1000) * perSecond);
    savedAt = now;
  }

  return {
    look() {
      save();
      perSecond = mostPerSecond * Math.max(leastShare, readIdleShare() ** 2);
    },
    allowance() {
      save();
      return Math.max(0, Math.floor(saved));
    },
    spend(count) {
      saved -= count;
    },
  };
}

/** The share of this thread's time in which it had nothing to do, or of all processors' time, if that is less. */
function createIdleMeter(): () => number {
  let seen = performance.eventLoopUtilization();
  let seenProcessors = readProcessors();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, seen);
    seen = now;
    const processors = readProcessors();
    const passed = processors.all - seenProcessors.all;
    const idle = passed > 0 ? (processors.idle - seenProcessors.idle) / passed : 1;
    seenProcessors = processors;
    return Math.min(1 - utilization, idle);
  };
}

/** Milliseconds since the machine was started, of all its processors together. */
function readProcessors(): { idle: number; all: number } {
  const times = cpus().map((processor) => processor.times);
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((one) => Object.values(one))) };
}
