import { z } from 'zod';
import { defaultWeight } from '../../../policy/suggest_limit.ts';
import { reportUsage } from '../../../reports/report_usage.ts';
import { queryDuration } from '../query_duration.ts';
import { defineRoute } from '../route.ts';
import { queryKey } from './report_query.ts';
import { describeUsageRow, usageRow } from './usage_row.ts';

export const readUsage = defineRoute({
  method: 'GET',
  path: '/reports/usage',
  operationId: 'readUsage',
  summary: 'Idle limits weighed: work that they interrupt against hours open for nobody. Of roll-ups alone.',
  scope: 'curfew:read',
  query: z.strictObject({
    since: queryDuration('How far back; the first day counts whole.', '30d'),
    weight: z.coerce.number().gt(0).max(1_000_000).default(defaultWeight).meta({
      description: 'Hours open for nobody that one interruption weighs.',
    }),
    by: queryKey,
  }),
  answer: z.object({
    since: z.number().int(),
    weight: z.number(),
    by: z.string(),
    rows: z.array(usageRow),
  }),
  async handle({ query }, { database }) {
    const { rows, ...question } = await reportUsage(database, query);
    return { body: { ...question, rows: rows.map(describeUsageRow) } };
  },
});
