import { z } from 'zod';
import { formatDuration } from '../../domain/durations.ts';
import { defaultRateLimits, lockOutKinds, rateLimitKinds } from '../../domain/rate_limits.ts';
import type { LockOut, LockOutKind, RateLimitKind, RateLimits } from '../../domain/rate_limits.ts';
import { singleSection } from '../section.ts';
import { durationSchema } from './durations.ts';

const most = z.int().min(1).max(1_000_000);

const limitSchema = z.strictObject({
  most: most.meta({ description: 'How many are let through.', 'x-stricter': 'smaller' }),
  per: durationSchema(1).meta({ description: 'The length of the window.', 'x-stricter': 'longer' }),
});

const lockOutSchema = z.strictObject({
  most: most.meta({ description: 'How many are looked at without a wait.', 'x-stricter': 'smaller' }),
  per: durationSchema(1).meta({
    description: 'The first wait; each further wrong one doubles it.',
    'x-stricter': 'longer',
  }),
  longest: durationSchema(1)
    .meta({
      description: 'The longest wait; after as long without a wrong one they are forgotten.',
      'x-stricter': 'longer',
      'x-default': formatDuration(defaultRateLimits.sign_in_account.longest),
    })
    .exactOptional(),
});

const devicesSchema = z.strictObject({
  most: most.meta({ description: 'How many of one account.', 'x-stricter': 'smaller' }),
  per: durationSchema(1).meta({ description: 'How long after their last sign-in.', 'x-stricter': 'shorter' }),
});

const kinds = Object.keys(rateLimitKinds) as RateLimitKind[];
const limits = Object.fromEntries(
  kinds.map((kind) => [kind, limitSchema.meta(describe(kind, rateLimitKinds[kind])).exactOptional()]),
) as Record<RateLimitKind, z.ZodExactOptional<typeof limitSchema>>;

const lockOuts = Object.fromEntries(
  (Object.keys(lockOutKinds) as LockOutKind[]).map((kind) => [
    kind,
    lockOutSchema.meta(describe(kind, lockOutKinds[kind])).exactOptional(),
  ]),
) as Record<LockOutKind, z.ZodExactOptional<typeof lockOutSchema>>;

function describe(kind: keyof RateLimits, description: string) {
  const { most: count, seconds } = defaultRateLimits[kind];
  return { description, 'x-default': `${count} per ${formatDuration(seconds)}` };
}

const devicesMeaning = 'Browsers that signed in before and have an allowance of their own.';

export const rateLimits = singleSection({
  description: 'How often something may fail or be tried, and by whom; a kind left out keeps its default.',
  entry: z.strictObject({
    ...limits,
    ...lockOuts,
    known_devices: devicesSchema.meta(describe('known_devices', devicesMeaning)).exactOptional(),
  }),
  build(entry): Partial<RateLimits> {
    return Object.fromEntries(
      Object.entries(entry).map(([kind, { per, ...rest }]) => [kind, { ...rest, seconds: per }]),
    );
  },
  write: (stored) =>
    Object.fromEntries(
      Object.keys(defaultRateLimits).flatMap((kind) => {
        const limit: LockOut | undefined = stored[kind as keyof RateLimits];
        if (!limit) return [];
        const { most: count, seconds, longest } = limit;
        const own = longest === undefined ? {} : { longest: formatDuration(longest) };
        return [[kind, { most: count, per: formatDuration(seconds), ...own }]];
      }),
    ),
});
