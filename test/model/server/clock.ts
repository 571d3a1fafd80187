import { freezeClock, frozenEpoch } from '../../support/frozen_clock.ts';
import type { TestDatabase } from '../../support/database.ts';

export interface StandingClock {
  /** Database and process show this moment, in microseconds since the Unix epoch, and stay there. */
  moveTo(moment: number): Promise<void>;
  /** The process shows real time again. */
  reset(): void;
}

/** Stop the database's clock and this process's alike, so that limits are met to the microsecond. */
export async function stopClocks(test: TestDatabase): Promise<StandingClock> {
  const clock = await freezeClock(test);
  const RealDate = globalThis.Date;
  let moment = frozenEpoch;

  class StandingDate extends RealDate {
    constructor(...args: [] | [number | string | Date]) {
      if (args.length === 0) super(StandingDate.now());
      else super(args[0]);
    }

    static override now(): number {
      return Math.floor(moment / 1000);
    }
  }

  globalThis.Date = StandingDate as DateConstructor;
  performance.now = () => moment / 1000;
  return {
    async moveTo(wanted) {
      moment = wanted;
      await clock.set((wanted - frozenEpoch) / 1_000_000);
    },
    reset() {
      globalThis.Date = RealDate;
      delete (performance as { now?: unknown }).now;
    },
  };
}
