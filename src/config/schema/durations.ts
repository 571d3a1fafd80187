import { z } from 'zod';
import { parseDuration } from '../../domain/durations.ts';

/** A duration in the file, whole seconds in the program: at least `least`, 0 or 1. */
export function durationSchema(least: 0 | 1) {
  const error = `must be a duration such as 90s, 15m, 8h or 30d, at least ${least}s`;
  return z
    .string({ error: (issue) => (issue.input == null ? undefined : error) })
    .regex(/^\d{1,10}[smhd]$/, { error })
    .transform((text, context) => {
      const seconds = parseDuration(text);
      if (seconds !== undefined && seconds >= least) return seconds;
      context.addIssue({
        code: 'custom',
        message: seconds === undefined ? 'must be at most 50 years' : error,
      });
      return z.NEVER;
    })
    .meta({ 'x-type': 'duration' });
}
