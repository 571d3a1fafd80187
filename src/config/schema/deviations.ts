import { z } from 'zod';
import type { Deviation } from '../../domain/deviations.ts';
import { mapSection } from '../section.ts';
import { lineSchema, nameSchema } from './names.ts';

export const deviations = mapSection({
  description: 'Requirements of baselines that are knowingly not met, each by a name of its own.',
  name: nameSchema,
  entry: z.strictObject({
    requirement: nameSchema.meta({
      description: 'The id that `curfew report compliance` gives the requirement, `pci-dss-4.0.1/idle`.',
    }),
    policy: nameSchema
      .meta({
        description: 'The policy that it is for.',
        'x-stricter': 'set',
        'x-default': 'all, and the server itself',
      })
      .exactOptional(),
    reason: lineSchema(500).meta({ description: 'Why that is accepted, and what is done instead.' }),
    until: z.iso.date({ error: 'must be a day such as 2027-06-30' }).meta({
      description: 'The last day on which it is accepted, in UTC.',
      'x-type': 'day',
      'x-stricter': 'earlier',
    }),
  }),
  references: [{ key: 'policy', kind: 'policy' }],
  build: (entry, name): Deviation => ({ name, ...entry }),
  write: ({ name: _, ...entry }) => entry,
});
