import { z } from 'zod';
import { reportCompliance } from '../../../reports/report_compliance.ts';
import { defineRoute } from '../route.ts';

const countSchema = z.number().int();

export const readCompliance = defineRoute({
  method: 'GET',
  path: '/reports/compliance',
  operationId: 'readCompliance',
  summary: 'Policies and the running configuration, held against the baselines that policies claim.',
  scope: 'curfew:read',
  query: z.strictObject({ policy: z.string().min(1).max(200).exactOptional() }),
  answer: z.object({
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
  }),
  problems: ['not_found'],
  async handle({ tx, query }, { fixedFacts, configuration }) {
    const asked = { ...query, configuration: await configuration() };
    const { day, counts, rows, unused, unclaimed } = await reportCompliance(tx, fixedFacts, asked);
    return { body: { day, counts, rows, unused_deviations: unused, unclaimed_policies: unclaimed } };
  },
});
