import type { Database } from '../../src/store/database.ts';

const RealDate = Date;
let shiftMilliseconds = 0;

/** `Date` as this process sees it while a test moves time; everything else about it is the real one. */
class ShiftedDate extends RealDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(RealDate.now() + shiftMilliseconds);
    else super(args[0]);
  }

  static override now(): number {
    return RealDate.now() + shiftMilliseconds;
  }
}

export interface MovableClock {
  /** Move the database's clock and this process's `Date` forward alike. */
  advance(seconds: number): Promise<void>;
  /** Back to real time. */
  reset(): Promise<void>;
}

export function createMovableClock(database: Database): MovableClock {
  const set = async (milliseconds: number) => {
    shiftMilliseconds = milliseconds;
    globalThis.Date = milliseconds === 0 ? RealDate : (ShiftedDate as DateConstructor);
    await database.query(
      { name: 'test_clock', text: `update test_clock set shift = make_interval(secs => $1::float8 / 1000)` },
      [milliseconds],
    );
  };
  return {
    advance: (seconds) => set(shiftMilliseconds + seconds * 1000),
    reset: () => set(0),
  };
}
