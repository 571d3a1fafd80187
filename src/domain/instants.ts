/**
 * A moment as whole microseconds since the Unix epoch: PostgreSQL's own precision, exact in a
 * double until the year 2255.
 */
export type Instant = number;

const microsPerSecond = 1_000_000;

/** The moment `seconds` after `instant`; whole or fractional seconds. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return instant + Math.round(seconds * microsPerSecond);
}

/** Whole seconds from `from` to `to`, rounded down, never negative: what clients are told. */
export function wholeSecondsBetween(from: Instant, to: Instant): number {
  return Math.max(0, Math.floor((to - from) / microsPerSecond));
}

/** Unix time in whole seconds, rounded down. */
export function toEpochSeconds(instant: Instant): number {
  return Math.floor(instant / microsPerSecond);
}

/** The moment of a `Date`'s milliseconds. */
export function fromEpochMilliseconds(milliseconds: number): Instant {
  return Math.round(milliseconds * 1000);
}

/** ISO 8601 in UTC, to the microsecond. */
export function formatInstant(instant: Instant): string {
  const micros = String(((instant % 1000) + 1000) % 1000).padStart(3, '0');
  return new Date(Math.floor(instant / 1000)).toISOString().replace('Z', `${micros}Z`);
}
