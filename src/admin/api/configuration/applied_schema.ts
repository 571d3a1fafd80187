import { z } from 'zod';
import type { AppliedByOperator } from '../../../operations/apply_as_operator.ts';
import type { Difference } from '../../../policy/compare_configurations.ts';
import { endedSchema } from '../accounts/account_schema.ts';
import { describeEndCounts, endCounts } from './end_counts.ts';

export const differencesSchema = z
  .array(
    z.object({
      section: z.string(),
      name: z.string(),
      kind: z.enum(['added', 'changed', 'removed']),
      fields: z.array(
        z.object({
          field: z.string(),
          from: z.unknown(),
          to: z.unknown(),
          direction: z.enum(['stricter', 'looser', 'mixed']).exactOptional(),
        }),
      ),
    }),
  )
  .meta({ description: 'Durations in seconds; of secrets only that they changed.' });

/** What a change of the whole configuration does. */
export const appliedSchema = z.object({
  differences: differencesSchema,
  ended: endedSchema.meta({ description: 'What had already been over, or belonged to removed clients.' }),
  ...endCounts,
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
});

export function describeDifferences(differences: readonly Difference[]): z.input<typeof differencesSchema> {
  return differences.map(({ section, name, kind, fields }) => ({ section, name, kind, fields }));
}

export function describeApplied({
  differences,
  ended,
  wouldEnd,
  warnings,
}: Pick<AppliedByOperator, 'differences' | 'ended' | 'wouldEnd' | 'warnings'>): z.input<
  typeof appliedSchema
> {
  return { differences: describeDifferences(differences), ended, ...describeEndCounts(wouldEnd), warnings };
}
