import { z } from 'zod';
import type { FrontierPoint } from '../../../policy/suggest_limit.ts';
import type { UsageRow } from '../../../reports/report_usage.ts';

const pointSchema = z
  .object({
    limit: z.number().meta({ description: 'Seconds.' }),
    interruptions: z.number(),
    idle_hours: z.number(),
    cost: z.number(),
  })
  .meta({ description: 'For every 1,000 sessions.' });
const foundSchema = z.object({ count: z.number().int(), hours: z.number() });
export const usageRow = z.object({
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

export function describeUsageRow(row: UsageRow): z.input<typeof usageRow> {
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
