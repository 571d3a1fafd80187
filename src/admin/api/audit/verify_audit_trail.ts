import { z } from 'zod';
import { defineRoute } from '../route.ts';

export const verifyAuditTrail = defineRoute({
  method: 'GET',
  path: '/audit-verification',
  operationId: 'verifyAuditTrail',
  summary:
    'The whole trail compared with its seals. Takes as long as reading it; one verification at a time.',
  scope: 'curfew:read',
  query: z.strictObject({
    checkpoint: z
      .string()
      .regex(/^\d{1,15}:[0-9a-f]{64}$/, { error: 'must be a checkpoint' })
      .exactOptional()
      .meta({
        description: 'One that an earlier verification or export gave: it must be in the trail still.',
      }),
  }),
  answer: z.object({
    seals: z.number().int(),
    since: z.string().exactOptional().meta({
      description: 'When the first seal was made: what is older is unproved. Absent: there is no seal.',
    }),
    events: z.number().int().meta({ description: 'Sealed ones that still stand.' }),
    dropped: z.number().int().meta({ description: 'Those that went with their months.' }),
    unsealed: z.object({ count: z.number().int(), oldest_seconds: z.number() }),
    checkpoint: z.string().exactOptional().meta({
      description: 'To keep elsewhere: a later verification proves that this seal still stands.',
    }),
    faults: z.array(z.string()).meta({ description: 'What is not as it was sealed, each in a sentence.' }),
  }),
  problems: ['conflict'],
  async handle({ query }, { verifyTrail }) {
    const { since, checkpoint, unsealed, ...report } = await verifyTrail(query);
    return {
      body: {
        ...report,
        unsealed: { count: unsealed.count, oldest_seconds: unsealed.oldestSeconds },
        ...(since === undefined ? {} : { since }),
        ...(checkpoint === undefined ? {} : { checkpoint }),
      },
    };
  },
});
