import { z } from 'zod';
import { parseDuration } from '../../../domain/durations.ts';

/** A duration of the address, as the command line has it; in seconds. */
export function queryDuration(usual: string, description: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,9}[smhd]$/, { error: 'must be a duration such as 90s, 15m, 8h or 30d' })
    .default(usual)
    .transform((text, context) => {
      const seconds = parseDuration(text);
      if (seconds !== undefined) return seconds;
      context.addIssue({ code: 'custom', message: 'must be at most 50 years' });
      return z.NEVER;
    })
    .meta({ description });
}

/** What the rows of a report tell apart beside policies. */
export const queryKey = z.enum(['policy', 'client', 'role']).default('policy');
