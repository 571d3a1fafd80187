import type { Configuration } from '../domain/configuration.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Limits } from '../domain/policies.ts';
import type { SweptLimits, SweptPair } from '../domain/swept_limits.ts';
import { defaultPolicy } from './effective_limits.ts';

/** The limits of sessions, or those of families by themselves: one that is bound may end earlier, with its session. */
export function sweptLimits(configuration: Configuration, of: 'session' | 'refresh'): SweptLimits {
  const pairOf = (limits: Partial<Limits> = {}): SweptPair => [
    limits[`${of}_idle`] ?? null,
    limits[`${of}_absolute`] ?? null,
  ];
  const named = (entries: ReadonlyMap<string, { policy?: string | undefined }>) =>
    Object.fromEntries(
      [...entries].flatMap(([name, { policy }]) => {
        const pair = pairOf(policy === undefined ? undefined : configuration.policies.get(policy)?.limits);
        return pair.some((limit) => limit !== null) ? [[name, pair] as const] : [];
      }),
    );
  const { roles, clients, resources, scopes } = configuration;
  const fallback = { ...builtInDefaultPolicy.limits, ...defaultPolicy(configuration).limits };
  return {
    roles: named(roles),
    clients: named(clients),
    resources: named(resources),
    scopes: named(scopes),
    fallback: [fallback[`${of}_idle`], fallback[`${of}_absolute`]],
  };
}
