import { z } from 'zod';
import { formatDuration } from '../../domain/durations.ts';
import { defaultAuditRetention, leastAuditRetention } from '../../domain/configuration.ts';
import type { AuditSettings } from '../../domain/configuration.ts';
import { singleSection } from '../section.ts';
import { durationSchema } from './durations.ts';

export const audit = singleSection({
  description: 'The audit trail.',
  entry: z.strictObject({
    retention: durationSchema(1)
      .refine((seconds) => seconds >= leastAuditRetention, {
        error: `must be at least ${formatDuration(leastAuditRetention)}`,
      })
      .meta({
        description: 'Months that ended longer ago than this are dropped whole; at least 30d.',
        'x-default': `\`${formatDuration(defaultAuditRetention)}\``,
      })
      .exactOptional(),
  }),
  build: (entry): AuditSettings => entry,
  write: ({ retention }) => (retention === undefined ? {} : { retention: formatDuration(retention) }),
});
