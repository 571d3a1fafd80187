import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../domain/durations.ts';

/** A link is for somebody who waits for it. */
const longestSeconds = 7 * 86_400;

/** How long a one-time link is good for, in seconds. */
export function readValidity(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 1 || seconds > longestSeconds)
    throw new InvalidArgumentError('It must be a duration such as 90s, 15m or 8h, at most 7d.');
  return seconds;
}
