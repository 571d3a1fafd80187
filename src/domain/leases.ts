import { formatDuration, parseDuration } from './durations.ts';

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
/** Controls, halves of characters, line and paragraph separators, and whatever changes the direction of writing. */
const unfitForPurpose = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const members = new Set(['type', 'duration', 'purpose']);

export type ParsedLease = { lease: Lease; fault?: undefined } | { lease?: undefined; fault: string };

/** What one member of `authorization_details` asks for; nothing beside the three known names may be in it. */
export function parseLease(detail: Readonly<Record<string, unknown>>): ParsedLease {
  const unknown = Object.keys(detail).filter((name) => !members.has(name));
  if (unknown.length > 0) return { fault: `${leaseType} has only the members type, duration and purpose` };
  const { duration: text, purpose } = detail;
  const duration = typeof text === 'string' ? parseDuration(text) : undefined;
  if (!duration) return { fault: 'duration must be a positive duration such as 90s, 15m, 8h or 30d' };
  if (typeof purpose !== 'string' || purpose.trim() === '') return { fault: 'purpose must say what for' };
  if (Array.from(purpose).length > longestPurpose) {
    return { fault: `purpose must have at most ${longestPurpose} characters` };
  }
  if (unfitForPurpose.test(purpose)) {
    return { fault: 'purpose must have no control characters and none that change the direction of writing' };
  }
  return { lease: { duration, purpose } };
}

export function describeLease({ duration, purpose }: Lease): LeaseDetail {
  return { type: leaseType, duration: formatDuration(duration), purpose };
}
