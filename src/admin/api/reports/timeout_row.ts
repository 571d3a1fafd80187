import { z } from 'zod';
import type { TimeoutRow } from '../../../reports/report_timeouts.ts';

export const timeoutRow = z.object({
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
});

export function describeTimeoutRow({
  policyVersion,
  cappedBy,
  stepUp,
  ...row
}: TimeoutRow): z.input<typeof timeoutRow> {
  return {
    ...row,
    policy_version: policyVersion,
    step_up: stepUp,
    ...(cappedBy === undefined ? {} : { capped_by: cappedBy }),
  };
}
