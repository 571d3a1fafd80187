import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../domain/durations.ts';
import { longestLink } from '../domain/password_links.ts';

/** How long a one-time link is good for, in seconds. */
export function readValidity(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 1 || seconds > longestLink)
    throw new InvalidArgumentError('It must be a duration such as 90s, 15m or 8h, at most 7d.');
  return seconds;
}
