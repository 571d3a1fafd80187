import { z } from 'zod';
import { reportTimeouts } from '../../../reports/report_timeouts.ts';
import { defineRoute } from '../route.ts';
import { queryDuration, queryKey } from './report_query.ts';

export const readTimeouts = defineRoute({
  method: 'GET',
  path: '/reports/timeouts',
  operationId: 'readTimeouts',
  summary: 'Limits that ended what was still wanted: their users signed in again at once. Of roll-ups alone.',
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
        of: z.enum(['session', 'family']),
        field: z.string(),
        policy: z.string(),
        policy_version: z.number().int(),
        reason: z.string(),
        limit: z.number().meta({ description: 'Seconds.' }),
        key: z.string().nullable().meta({ description: 'The client or the role.' }),
        ends: z.number().int(),
        premature: z.number().int(),
        share: z.number(),
        low: z.number(),
        high: z.number().meta({ description: 'The share is between `low` and `high`, 95 times of 100.' }),
        background: z.number().int().meta({ description: 'Ends while the app went on without its user.' }),
        step_up: z.number().int().meta({ description: 'Ends beside a second factor.' }),
        workflow: z.number().int().meta({ description: 'Ends of what ran by itself.' }),
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
        rows: rows.map(({ policyVersion, cappedBy, stepUp, ...row }) => ({
          ...row,
          policy_version: policyVersion,
          step_up: stepUp,
          ...(cappedBy === undefined ? {} : { capped_by: cappedBy }),
        })),
      },
    };
  },
});
