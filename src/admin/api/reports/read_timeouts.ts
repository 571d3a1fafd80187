import { z } from 'zod';
import { reportTimeouts } from '../../../reports/report_timeouts.ts';
import { defineRoute } from '../route.ts';
import { queryDuration, queryKey } from './report_query.ts';

export const readTimeouts = defineRoute({
  method: 'GET',
  path: '/reports/timeouts',
  operationId: 'readTimeouts',
  summary:
    'Limits that ended what was still wanted: their users signed in again at once. Reads the trail, which takes its time where that is long.',
  scope: 'curfew:read',
  query: z.strictObject({
    since: queryDuration('30d', 'How far back.'),
    within: queryDuration('15m', 'How soon after the end a sign-in counts.'),
    by: queryKey,
  }),
  answer: z.object({
    since: z.number().int(),
    within: z.number().int(),
    by: z.string(),
    rows: z.array(
      z.object({
        policy: z.string().nullable(),
        policy_version: z.number().int().nullable(),
        reason: z.string(),
        limit: z.number().nullable().meta({ description: 'Seconds.' }),
        key: z.string().nullable().meta({ description: 'The client or the role.' }),
        ends: z.number().int(),
        premature: z.number().int(),
        share: z.number(),
        low: z.number(),
        high: z.number().meta({ description: 'The share is between `low` and `high`, 95 times of 100.' }),
        needed: z.number().nullable(),
        suggested: z.number().exactOptional().meta({
          description: 'Seconds; it would have avoided 95 of 100. Absent: too few to say.',
        }),
        capped_by: z.string().exactOptional(),
      }),
    ),
  }),
  async handle({ query }, { database }) {
    const { rows, ...question } = await reportTimeouts(database, query);
    return {
      body: {
        ...question,
        rows: rows.map(({ policyVersion, cappedBy, ...row }) => ({
          ...row,
          policy_version: policyVersion,
          ...(cappedBy === undefined ? {} : { capped_by: cappedBy }),
        })),
      },
    };
  },
});
