import { z } from 'zod';
import type { EndsEstimate } from '../../../operations/estimate_ends.ts';

const range = z
  .object({ count: z.number().int(), from: z.number().int(), to: z.number().int() })
  .meta({ description: 'So many, or most likely (95 %) between those two.' });

/** What a change ends once it is in force, as members of an answer. */
export const endCounts = {
  would_end: z
    .array(
      z.object({
        policy: z.string().exactOptional(),
        reason: z.string(),
        sessions: z.number().int(),
        families: z.number().int(),
      }),
    )
    .meta({ description: 'What is open now and would be over, by policy and reason.' }),
  would_end_in_all: z.object({ sessions: range, families: range }),
  would_end_is_exact: z.boolean().meta({
    description: 'false: so much is open that only a sample of it was looked at; the numbers are estimates.',
  }),
};

/** A parameter of the address. */
export const exactQuery = z.strictObject({
  exact: z
    .enum(['true', 'false'])
    .exactOptional()
    .meta({ description: 'Count all, which takes the longer the more is open, instead of an estimate.' }),
});

export function describeEndCounts({ ends, isExact, sessions, families }: EndsEstimate) {
  return { would_end: ends, would_end_in_all: { sessions, families }, would_end_is_exact: isExact };
}
