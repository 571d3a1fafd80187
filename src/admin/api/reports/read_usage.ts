import { z } from 'zod';
import { defaultWeight } from '../../../policy/suggest_limit.ts';
import type { FrontierPoint } from '../../../policy/suggest_limit.ts';
import { reportUsage } from '../../../reports/report_usage.ts';
import type { UsageRow } from '../../../reports/report_usage.ts';
import { defineRoute } from '../route.ts';
import { queryDuration, queryKey } from './report_query.ts';

const pointSchema = z
  .object({
    limit: z.number().meta({ description: 'Seconds.' }),
    interruptions: z.number(),
    idle_hours: z.number(),
    cost: z.number(),
  })
  .meta({ description: 'For every 1,000 sessions.' });
const foundSchema = z.object({ count: z.number().int(), hours: z.number() });
const rowSchema = z.object({
  of: z.enum(['session', 'family']),
  field: z.string(),
  policy: z.string(),
  policy_version: z.number().int(),
  limit: z.number(),
  key: z.string().nullable(),
  spans: z.number().int(),
  open_hours: z.number(),
  unused_hours: z.number(),
  longest_usual: z.number().nullable(),
  found: z.object({
    unrefreshed: foundSchema,
    polling: foundSchema,
    regular: foundSchema,
    outlived: foundSchema,
  }),
  verdict: z.enum(['too_strict', 'too_loose', 'fits', 'too_few']),
  today: pointSchema,
  suggested: pointSchema.exactOptional(),
  capped: z.boolean(),
  capped_by: z.string().exactOptional(),
  frontier: z.array(pointSchema),
});

export const readUsage = defineRoute({
  method: 'GET',
  path: '/reports/usage',
  operationId: 'readUsage',
  summary: 'Idle limits weighed: work that they interrupt against hours open for nobody. Of roll-ups alone.',
  scope: 'curfew:read',
  query: z.strictObject({
    since: queryDuration('30d', 'How far back; the first day counts whole.'),
    weight: z.coerce.number().gt(0).max(1_000_000).default(defaultWeight).meta({
      description: 'Hours open for nobody that one interruption weighs.',
    }),
    by: queryKey,
  }),
  answer: z.object({
    since: z.number().int(),
    weight: z.number(),
    by: z.string(),
    rows: z.array(rowSchema),
  }),
  async handle({ query }, { database }) {
    const { rows, ...question } = await reportUsage(database, query);
    return { body: { ...question, rows: rows.map(describeRow) } };
  },
});

function describeRow(row: UsageRow): z.input<typeof rowSchema> {
  const { of, field, policy, limit, key, spans, found, verdict, suggested, cappedBy } = row;
  return {
    of,
    field,
    policy,
    policy_version: row.policyVersion,
    limit,
    key,
    spans,
    open_hours: row.openHours,
    unused_hours: row.unusedHours,
    longest_usual: row.longestUsual,
    found,
    verdict,
    today: describePoint(row.today),
    ...(suggested ? { suggested: describePoint(suggested) } : {}),
    capped: row.isCapped,
    ...(cappedBy === undefined ? {} : { capped_by: cappedBy }),
    frontier: row.frontier.map(describePoint),
  };
}

function describePoint({ idleHours, ...point }: FrontierPoint): z.input<typeof pointSchema> {
  return { ...point, idle_hours: idleHours };
}
