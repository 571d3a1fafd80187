import { z } from 'zod';
import type { DatedCompliance } from '../../../reports/report_compliance.ts';

const countSchema = z.number().int();

export const complianceAnswer = z.object({
  day: z.string().meta({ description: 'UTC: by which deviations count.' }),
  counts: z.object({ pass: countSchema, fail: countSchema, justified: countSchema }),
  rows: z.array(
    z.object({
      policy: z.string().exactOptional().meta({ description: 'Absent: the running configuration.' }),
      baseline: z.string(),
      source: z.string(),
      title: z.string(),
      requirement: z.string(),
      section: z.string(),
      modality: z.enum(['must', 'should']),
      text: z.string(),
      verdict: z.enum(['pass', 'fail', 'justified']),
      faults: z.array(z.string()),
      deviation: z.object({ name: z.string(), reason: z.string(), until: z.string() }).exactOptional(),
    }),
  ),
  unused_deviations: z.array(z.string()),
  unclaimed_policies: z.array(z.string()).meta({ description: 'Those that claim no baseline.' }),
});

export function describeCompliance({
  day,
  counts,
  rows,
  unused,
  unclaimed,
}: DatedCompliance): z.input<typeof complianceAnswer> {
  return { day, counts, rows, unused_deviations: unused, unclaimed_policies: unclaimed };
}
