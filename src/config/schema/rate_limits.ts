import { z } from 'zod';
import { formatDuration } from '../../domain/durations.ts';
import { defaultRateLimits, rateLimitKinds } from '../../domain/rate_limits.ts';
import type { RateLimitKind, RateLimits } from '../../domain/rate_limits.ts';
import { singleSection } from '../section.ts';
import { durationSchema } from './durations.ts';

const limitSchema = z.strictObject({
  most: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ description: 'How many are let through.', 'x-stricter': 'smaller' }),
  per: durationSchema(1).meta({ description: 'The length of the window.', 'x-stricter': 'longer' }),
});

const kinds = Object.keys(rateLimitKinds) as RateLimitKind[];
const shape = Object.fromEntries(
  kinds.map((kind) => {
    const { most, seconds } = defaultRateLimits[kind];
    const meta = { description: rateLimitKinds[kind], 'x-default': `${most} per ${formatDuration(seconds)}` };
    return [kind, limitSchema.meta(meta).exactOptional()];
  }),
) as Record<RateLimitKind, z.ZodExactOptional<typeof limitSchema>>;

export const rateLimits = singleSection({
  description: 'How often something may fail or be tried, and by whom; a kind left out keeps its default.',
  entry: z.strictObject(shape),
  build(entry): Partial<RateLimits> {
    return Object.fromEntries(
      Object.entries(entry).map(([kind, limit]) => [kind, { most: limit.most, seconds: limit.per }]),
    );
  },
  write: (limits) =>
    Object.fromEntries(
      kinds.flatMap((kind) => {
        const limit = limits[kind];
        return limit ? [[kind, { most: limit.most, per: formatDuration(limit.seconds) }]] : [];
      }),
    ),
});
