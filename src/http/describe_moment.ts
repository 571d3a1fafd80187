import { describeDuration } from '../domain/durations.ts';
import { wholeSecondsBetween } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { Moment } from '../../views/partials/moment.ts';

const minute = 60;
const units = [86_400, 3600, minute];

const utc = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** "3 hours ago": the largest unit alone, rounded down. */
export function describePast(instant: Instant, now: Instant): Moment {
  const seconds = wholeSecondsBetween(instant, now);
  const unit = units.find((size) => seconds >= size);
  const distance = unit === undefined ? 'just now' : `${describeDuration(seconds - (seconds % unit))} ago`;
  return { ...describeInstant(instant), distance };
}

/** "in 25 minutes": rounded down, to whole minutes from the first one on. */
export function describeFuture(instant: Instant, now: Instant): Moment {
  const seconds = wholeSecondsBetween(now, instant);
  const shown = seconds < minute ? seconds : seconds - (seconds % minute);
  return { ...describeInstant(instant), distance: `in ${describeDuration(shown)}` };
}

function describeInstant(instant: Instant): Omit<Moment, 'distance'> {
  const date = new Date(instant / 1000);
  return { iso: date.toISOString(), text: `${utc.format(date)} UTC` };
}
