import type { KoaContextWithOIDC } from 'oidc-provider';
import type { End } from '../domain/facts.ts';
import { addSeconds } from '../domain/instants.ts';
import { requestLimits } from './request_limits.ts';
import { findRequestContext } from './request_context.ts';

/** The idle limit that a family made by this request now, without a page, would have passed already. */
export function findIdleEnd(ctx: KoaContextWithOIDC): End | undefined {
  const { session, result } = ctx.oidc;
  const loaded = findRequestContext()?.sessionsById.get(session?.uid ?? '');
  const limits = requestLimits(ctx);
  // Whoever just answered a page was there.
  if (!session?.accountId || !loaded?.facts || !limits || result) return undefined;
  const { value, policy, version } = limits.refresh_idle;
  const at = addSeconds(loaded.facts.lastActivityAt, value);
  return loaded.now < at
    ? undefined
    : { reason: 'idle_timeout', at, limit: value, policy, policyVersion: version };
}
