import { z } from 'zod';
import type { Instant } from '../../domain/instants.ts';
import type { EffectiveLimit } from '../../domain/policies.ts';

export const instant = z.iso.datetime({ precision: 3 }).meta({ description: 'UTC.' });

/** A limit in force, and which policy in which version won. */
export const limitSchema = z.object({ seconds: z.number(), policy: z.string(), version: z.number() });

export function formatTime(at: Instant): string {
  return new Date(at / 1000).toISOString();
}

export function describeLimit({
  value,
  policy,
  version,
}: EffectiveLimit<number>): z.input<typeof limitSchema> {
  return { seconds: value, policy, version };
}
