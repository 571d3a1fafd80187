import type { EffectiveLimits } from '../domain/policies.ts';
import { baselineCatalogue } from './baselines/catalogue.ts';
import { checkLimits } from './baselines/check_limits.ts';

/** A baseline that asks something of limits, held against some. */
export interface HeldBaseline {
  id: string;
  /** The policy of these limits is to meet it. */
  claimed: boolean;
  /** How they miss it, a phrase each; none: they meet it. */
  faults: string[];
}

/** Hold limits against every baseline of the catalogue that asks anything of limits; `claimed` come first. */
export function holdLimits(limits: EffectiveLimits, claimed: readonly string[]): HeldBaseline[] {
  const held = [...baselineCatalogue.values()].flatMap(({ id, requirements }): HeldBaseline[] => {
    const found = requirements.flatMap(({ check }) => {
      const faults = checkLimits(check, { limits, claimed: [...claimed, id] });
      return faults ? [faults] : [];
    });
    if (found.length === 0) return [];
    return [{ id, claimed: claimed.includes(id), faults: [...new Set(found.flat())] }];
  });
  return [...held.filter((one) => one.claimed), ...held.filter((one) => !one.claimed)];
}
