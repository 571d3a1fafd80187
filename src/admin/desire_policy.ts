import type { z } from 'zod';
import type { policySchema } from '../config/schema/policies.ts';
import type { Configuration } from '../domain/configuration.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Policy } from '../domain/policies.ts';

export type WrittenPolicy = z.output<typeof policySchema>;

/** The policies as they are with this one, new or in the place of that of its name; `default` stays complete. */
export function desirePolicy(
  configuration: Configuration,
  name: string,
  { baselines, ...limits }: WrittenPolicy,
): { policies: Map<string, Pick<Policy, 'limits' | 'baselines'>> } {
  const complete =
    name === builtInDefaultPolicy.name ? { ...builtInDefaultPolicy.limits, ...limits } : limits;
  const policies = new Map<string, Pick<Policy, 'limits' | 'baselines'>>(configuration.policies);
  return { policies: policies.set(name, { limits: complete, baselines }) };
}
