import type { KoaContextWithOIDC } from 'oidc-provider';
import { addSeconds } from '../domain/instants.ts';
import { requestLimits } from './request_limits.ts';
import { findRequestContext } from './request_context.ts';

/** Whether a family made by this request now, without a page, would be past its idle limit already. */
export function isIdleForClient(ctx: KoaContextWithOIDC): boolean {
  const { session, result, params } = ctx.oidc;
  if (params?.response_type === 'none') return false;
  const loaded = findRequestContext()?.sessionsById.get(session?.uid ?? '');
  const limits = requestLimits(ctx);
  // Whoever just answered a page was there.
  if (!session?.accountId || !loaded?.facts || !limits || result) return false;
  return loaded.now >= addSeconds(loaded.facts.lastActivityAt, limits.refresh_idle.value);
}
