import { z } from 'zod';
import { parseDuration } from '../../domain/durations.ts';

const durationText = z
  .string()
  .regex(/^[1-9]\d{0,9}[smhd]$/, { error: 'must be a duration such as 90s, 15m, 8h or 30d' });

/** A duration of the address, as the command line has it; in seconds. */
export function queryDuration(description: string, usual: string) {
  return durationText.default(usual).transform(readSeconds).meta({ description });
}

/** One that may be left out. */
export function optionalQueryDuration(description: string) {
  return durationText.transform(readSeconds).exactOptional().meta({ description });
}

function readSeconds(text: string, context: z.RefinementCtx): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', message: 'must be at most 50 years' });
  return z.NEVER;
}
