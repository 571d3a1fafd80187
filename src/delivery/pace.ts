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
 * The less idle this thread is, the fewer: in the square of its idle share, for what waits in a queue waits
 * longer than in proportion to the load. `readIdleShare` says the share of its time, 0 to 1, since it was
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

function createIdleMeter(): () => number {
  let seen = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, seen);
    seen = now;
    return 1 - utilization;
  };
}
