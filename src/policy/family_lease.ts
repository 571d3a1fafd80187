import type { FamilyFacts } from '../domain/facts.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { EffectiveLimit, EffectiveLimits } from '../domain/policies.ts';

/** A lease as it holds now. */
export interface LeaseInForce {
  /** Seconds: what the user allowed, or less where `lease_max` says so now; and the policy that permits it. */
  limit: EffectiveLimit<number>;
  endAt: Instant;
}

/** The lease of a family under the limits in force, whether it still runs or not. It begins with the family. */
export function familyLease(
  { bound, lease, startedAt }: Pick<FamilyFacts, 'bound' | 'lease' | 'startedAt'>,
  { lease_max: longest }: EffectiveLimits,
): LeaseInForce | undefined {
  if (bound || !lease || longest.value === 0) return undefined;
  const limit = { ...longest, value: Math.min(lease.duration, longest.value) };
  return { limit, endAt: addSeconds(startedAt, limit.value) };
}
