import type { Database } from '../../src/store/database.ts';
import { sql } from './sql.ts';

const RealDate = Date;
let shiftMilliseconds = 0;
let stoppedAt: number | undefined;

/** `Date` as this process sees it while a test moves or stops time; everything else about it is the real one. */
class ShiftedDate extends RealDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(ShiftedDate.now());
    else super(args[0]);
  }

  static override now(): number {
    return (stoppedAt ?? RealDate.now()) + shiftMilliseconds;
  }
}

export interface MovableClock {
  /** Move the database's clock and this process's `Date` forward alike. */
  advance(seconds: number): Promise<void>;
  /** Let both stand, so that a slow machine comes to no limit by itself; `advance` still moves them. */
  stop(): Promise<void>;
  /** Back to real time. */
  reset(): Promise<void>;
}

export function createMovableClock(database: Database): MovableClock {
  const set = async (milliseconds: number, stopped: number | undefined) => {
    shiftMilliseconds = milliseconds;
    stoppedAt = stopped;
    const isReal = milliseconds === 0 && stopped === undefined;
    globalThis.Date = isReal ? RealDate : (ShiftedDate as DateConstructor);
    await sql(
      database,
      `update test_clock set shift = make_interval(secs => $1::float8 / 1000), stopped_at = from_micros($2)`,
      milliseconds,
      stopped === undefined ? null : stopped * 1000,
    );
  };
  return {
    advance: (seconds) => set(shiftMilliseconds + seconds * 1000, stoppedAt),
    stop: () => set(shiftMilliseconds, RealDate.now()),
    reset: () => set(0, undefined),
  };
}
