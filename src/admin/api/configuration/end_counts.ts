import { z } from 'zod';

/** What a change ends once it is in force. */
export const endCounts = z
  .array(
    z.object({
      policy: z.string().exactOptional(),
      reason: z.string(),
      sessions: z.number().int(),
      families: z.number().int(),
    }),
  )
  .meta({ description: 'What is open now and would be over, by policy and reason.' });
