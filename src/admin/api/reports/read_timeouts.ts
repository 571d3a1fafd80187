import { z } from 'zod';
import { reportTimeouts } from '../../../reports/report_timeouts.ts';
import { queryDuration } from '../query_duration.ts';
import { defineRoute } from '../route.ts';
import { queryKey } from './report_query.ts';
import { describeTimeoutRow, timeoutRow } from './timeout_row.ts';

export const readTimeouts = defineRoute({
  method: 'GET',
  path: '/reports/timeouts',
  operationId: 'readTimeouts',
  summary: 'Limits that ended what was still wanted: their users signed in again at once. Of roll-ups alone.',
  scope: 'curfew:read',
  query: z.strictObject({
    since: queryDuration('How far back.', '30d'),
    within: queryDuration('How soon after the end a sign-in counts.', '15m'),
    by: queryKey,
  }),
  answer: z.object({
    since: z.number().int(),
    within: z.number().int(),
    by: z.string(),
    rows: z.array(timeoutRow),
  }),
  async handle({ query }, { database }) {
    const { rows, ...question } = await reportTimeouts(database, query);
    return { body: { ...question, rows: rows.map(describeTimeoutRow) } };
  },
});
