import { formatDuration, parseDuration } from './durations.ts';
import { findLineFault } from './plain_line.ts';

/** Work that goes on without its user: for so long the idle limit of its family rests. */
export interface Lease {
  /** Seconds, as the user allowed them. */
  duration: number;
  /** In the app's own words. */
  purpose: string;
}

/** A lease as RFC 9396 `authorization_details` name it. */
export type LeaseDetail = {
  type: typeof leaseType;
  /** As the configuration writes durations: `8h`. */
  duration: string;
  purpose: string;
};

export const leaseType = 'curfew_lease';

/** Characters (code points) that a purpose may have at most. */
const longestPurpose = 200;
const members = new Set(['type', 'duration', 'purpose']);

export type ParsedLease = { lease: Lease; fault?: undefined } | { lease?: undefined; fault: string };

/** What one member of `authorization_details` asks for; nothing beside the three known names may be in it. */
export function parseLease(detail: Readonly<Record<string, unknown>>): ParsedLease {
  const unknown = Object.keys(detail).filter((name) => !members.has(name));
  if (unknown.length > 0) return { fault: `${leaseType} has only the members type, duration and purpose` };
  const { duration: text, purpose } = detail;
  const duration = typeof text === 'string' ? parseDuration(text) : undefined;
  if (!duration) return { fault: 'duration must be a positive duration such as 90s, 15m, 8h or 30d' };
  if (typeof purpose !== 'string') return { fault: 'purpose must say what for' };
  const fault = findLineFault(purpose, longestPurpose);
  if (fault === 'empty') return { fault: 'purpose must say what for' };
  if (fault === 'too long') {
    return { fault: `purpose must have at most ${longestPurpose} characters` };
  }
  if (fault === 'unfit') {
    return { fault: 'purpose must have no control characters and none that change the direction of writing' };
  }
  return { lease: { duration, purpose } };
}

export function describeLease({ duration, purpose }: Lease): LeaseDetail {
  return { type: leaseType, duration: formatDuration(duration), purpose };
}
