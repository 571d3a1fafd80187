import { z } from 'zod';
import { reportIdleHoldings } from '../../../reports/report_idle_holdings.ts';
import { defineRoute } from '../route.ts';

export const readIdleHoldings = defineRoute({
  method: 'GET',
  path: '/reports/idle-holdings',
  operationId: 'readIdleHoldings',
  summary:
    'What live sessions hold that nobody has used for more than half of their idle limit. Estimated where there are many.',
  scope: 'curfew:read',
  answer: z.object({
    rows: z.array(
      z.object({
        policy: z.string(),
        limit: z.number().meta({ description: 'Seconds: the idle limit, which the policy sets.' }),
        sessions: z.number().int().meta({ description: 'Live ones.' }),
        idle: z.number().int().meta({ description: 'Those of them that are unused.' }),
        rows: z.number().int().meta({ description: 'What is kept for those: in the database.' }),
        bytes: z.number().int(),
      }),
    ),
  }),
  handle: async ({ tx }) => ({ body: { rows: await reportIdleHoldings(tx) } }),
});
